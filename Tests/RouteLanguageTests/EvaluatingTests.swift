import Message
import Testing

@testable import RouteLanguage

/// Expressions through the whole compiler, evaluated on one row: what a route's author would see.
@Suite struct EvaluatingTests {
    /// The value of an expression over a row of `shop.orders`.
    static func value(_ expression: String, _ fields: [String: Value] = [:]) throws -> Result<Value, EvaluationError> {
        let compilation = Sample.route("through outbox\nlet x = \(expression)\nlog \"{.id}\"")
        let plan = try #require(compilation.plan, "\(expression): \(compilation.diagnostics.map(\.line))")
        let route = plan.routes[0]
        let row = Record(
            shape: route.source.shape, fields: route.source.shape.names.map { fields[$0] ?? standard[$0] ?? .missing })
        var frame = Frame(
            slots: [Value](repeating: .missing, count: route.slotCount), messageID: "shop.orders/1",
            received: Instant(microseconds: 1_764_000_000_000_000))
        frame.slots[0] = .record(row)
        frame.slots[1] = .record(row)
        for case .setSlot(_, let expression) in route.body {
            do throws(EvaluationError) { return .success(try frame.evaluate(expression)) } catch {
                return .failure(error)
            }
        }
        Issue.record("no expression in the plan")
        return .success(.missing)
    }

    static let standard: [String: Value] = [
        "id": .int(4711), "customer_id": .int(1001), "status": .text("paid"),
        "net": .decimal(ExactDecimal(mantissa: 1050, scale: 2)), "country": .missing, "currency": .text("EUR"),
        "note": .missing, "weight": .text("12.5"), "fee": .float(0.1), "quantity": .text("3"),
        "updated_at": .datetime(LocalDateTime("2026-03-29T02:30:00")!),
        "attrs": .json("{\"a\":{\"b\":[1,2.50]},\"n\":null}"),
    ]

    static func decimal(_ text: String) -> Value { .decimal(ExactDecimal(text)!) }

    static let cases: [(String, Value)] = [
        (".id + 1", .int(4712)), (".net * 1.19", decimal("12.4950")), ("(.net * 1.19).round(2)", decimal("12.50")),
        ("(.net * 1.19).round(2, down)", decimal("12.49")), ("round(.net, 0, up)", decimal("11")),
        ("(.net / 3).round(4)", decimal("3.5000")), ("(.net / 3 * 2).round(2, half_up)", decimal("7.00")),
        ("(1 / .id).round(2)", decimal("0.00")), ("(.id / (.id - 4711)).round(2)", .missing), ("7 % 4", .int(3)),
        (".id % (.id - 4711)", .missing), ("-.net", decimal("-10.50")), ("abs(0 - .id)", .int(4711)),
        ("floor(-.net)", .int(-11)), ("ceil(-.net)", .int(-10)), ("floor(.net)", .int(10)), ("ceil(.net)", .int(11)),
        ("min(.net, 3)", .int(3)), ("max(.id, 3, 9)", .int(4711)), ("max([3, 9, 4])", .int(9)),
        (".net == 10.5", .bool(true)), (".net > 10 and .net < 10.51", .bool(true)), (".id in [1, 4711]", .bool(true)),
        (".status in [\"new\", \"shipped\"]", .bool(false)), ("not (.status == \"paid\")", .bool(false)),
        (".currency like \"E*\"", .bool(true)), (".currency like \"E?\"", .bool(false)),
        (".currency matches \"[A-Z]{3}\"", .bool(true)), (".currency matches \"[A-Z]{2}\"", .bool(false)),
        (".country is present", .bool(false)), (".country ?? \"none\"", .text("none")),
        (".note is empty", .bool(true)), ("if .id > 1 then \"a\" else \"b\"", .text("a")),
        ("\"{.id}/{.net}/{.status}\"", .text("4711/10.50/paid")), ("upper(lower(.currency))", .text("EUR")),
        ("trim(\"  a b \")", .text("a b")), (".currency.length", .int(3)), ("length(\"äö\")", .int(2)),
        (".currency.starts_with(\"EU\")", .bool(true)), ("ends_with(.currency, \"UR\")", .bool(true)),
        ("contains(.currency, \"U\")", .bool(true)), ("replace(\"a-b-c\", \"-\", \"+\")", .text("a+b+c")),
        ("split(\"a,b,,c\", \",\")", .list([.text("a"), .text("b"), .text(""), .text("c")])),
        ("join([1, 2, 3], \"-\")", .text("1-2-3")), ("substring(\"abcdef\", 2, 3)", .text("cde")),
        ("substring(\"abc\", 9)", .text("")), ("pad_left(text(.id), 8, \"0\")", .text("00004711")),
        ("int(.quantity)! + 1", .int(4)), ("int(\"x\") ?? 7", .int(7)), ("int(\"12.0\") ?? 7", .int(7)),
        ("decimal(.weight)!", decimal("12.5")), ("decimal(.fee, 2)!", decimal("0.10")),
        ("decimal(.fee)!", decimal("0.1")),
        ("bool(\"true\")!", .bool(true)), ("text(.net)", .text("10.50")),
        ("date(\"2026-02-29\") is present", .bool(false)), ("date(\"01.12.2026\", \"dd.MM.yyyy\")!.year", .int(2026)),
        (".updated_at.date", .date(LocalDate("2026-03-29")!)), (".updated_at.weekday", .int(7)),
        (".updated_at.hour", .int(2)), (".updated_at.format(\"yyyy/MM/dd HH:mm\")", .text("2026/03/29 02:30")),
        (".updated_at.at(\"Europe/Berlin\")", .instant(Instant("2026-03-29T01:30:00Z")!)),
        (".updated_at.at(\"UTC\").at(\"Asia/Tokyo\")", .datetime(LocalDateTime("2026-03-29T11:30:00")!)),
        ("add_months(2026-01-31, 1)", .date(LocalDate("2026-02-28")!)),
        ("2026-01-31 + 1d", .date(LocalDate("2026-02-01")!)),
        ("add_days(.updated_at, -1)", .datetime(LocalDateTime("2026-03-28T02:30:00")!)),
        ("days_until(2026-01-01, 2026-03-01)", .int(59)), ("now == @received", .bool(true)),
        ("timestamp(now)", .int(1_764_000_000)), ("@id", .text("shop.orders/1")), ("sum([1, 2, 3])", .int(6)),
        ("sum([1.50, 2])", decimal("3.50")), ("count([1, 2])", .int(2)),
        ("distinct([1, 2, 1])", .list([.int(1), .int(2)])),
        ("first([4, 5])!", .int(4)), ("last([4, 5]) ?? 0", .int(5)), ("reverse([1, 2])", .list([.int(2), .int(1)])),
        ("[for i in [1, 2, 3, 4] if i % 2 == 0: i * i]", .list([.int(4), .int(16)])), ("[1, 2][1] ?? 0", .int(2)),
        ("[1, 2][7] ?? 0", .int(0)), ("sha256(\"abc\").substring(0, 8)", .text("ba7816bf")),
        (
            "hmac(\"what do ya want for nothing?\", \"Jefe\")",
            .text("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        ),
        ("base64(\"any carnal pleas\")", .text("YW55IGNhcm5hbCBwbGVhcw==")),
        ("text(from_base64(\"YWI=\")!)", .text("ab")), ("from_base64(\"YWI\") is present", .bool(false)),
        ("hex(\"az\")", .text("617a")), ("text(.attrs?.a?.b)", .text("[1,2.50]")),
        (".attrs?.n is present", .bool(false)),
        ("json(\"[1\") is present", .bool(false)),
        ("text(json({ a = .net, b = .note }))", .text("{\"a\":10.50,\"b\":null}")),
        ("uuid(\"00000000-0000-0000-0000-00000000000A\")!", .text("00000000-0000-0000-0000-00000000000a")),
        ("1h + 30m == 90m", .bool(true)), ("(now - now) < 1ms", .bool(true)),
    ]

    @Test(arguments: cases) func evaluates(_ expression: String, _ expected: Value) throws {
        let value = try Self.value(expression).get()
        #expect(Comparison.areEqual(value, expected), "\(expression) gives \(value)")
        if case .decimal(let made) = value, case .decimal(let wanted) = expected {
            #expect(made.description == wanted.description)
        }
    }

    static let failures: [(String, [String: Value], String)] = [
        (".note!", [:], "`.note` is missing"),
        (".id * .id * .id", ["id": .int(18_446_744_073_709_551_615)], "38 digits"),
        (".id + 1", ["id": .int(99_999_999_999_999_999_999_999_999_999_999_999_999)], "38 digits"),
        ("pad_left(\"\", 2000000)", [:], "1 MB"), ("substring(.currency, -1)", [:], "positions of 0 and above"),
        ("add_months(.updated_at, 999999)", [:], "out of range"),
        ("[for i in .attrs!: i]", ["attrs": .json("{}")], "no array"),
    ]

    @Test(arguments: failures) func fails(_ expression: String, _ fields: [String: Value], _ reason: String) throws {
        guard case .failure(let error) = try Self.value(expression, fields) else {
            Issue.record("\(expression) has a value")
            return
        }
        #expect(error.reason.contains(reason), "\(error.reason)")
    }

    /// Every operator and function on every kind of value, whatever the checker would say: nothing may trap.
    @Test func nothingTraps() {
        let extremes: [Value] = [
            .missing, .bool(true), .int(.max), .int(.min), .int(0), .int(-1),
            .decimal(ExactDecimal(mantissa: .max, scale: 38)), .decimal(ExactDecimal(mantissa: .min, scale: 0)),
            .float(.nan), .float(.infinity), .float(-0.0), .float(1e308), .text(""), .text("\u{0}é\u{1F600}"),
            .text("-1"),
            .bytes([]), .bytes([0, 255]), .date(LocalDate("0000-01-01")!), .date(LocalDate("9999-12-31")!),
            .time(LocalTime(microseconds: .min)), .datetime(LocalDateTime("9999-12-31T23:59:59")!),
            .instant(Instant(microseconds: .max)), .instant(Instant(microseconds: .min)), .duration(Microseconds(.min)),
            .duration(Microseconds(.max)), .json("{"), .json("[1,{\"a\":null}]"), .list([]),
            .list([.int(1), .missing, .text("x")]),
            .record(Record(shape: Shape(names: ["a"]), fields: [.int(1)])),
        ]
        let frame = Frame(slots: extremes, messageID: "", received: Instant(microseconds: .max))
        let operators: [Expression.BinaryOperator] = [
            .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn, .like, .add, .subtract, .multiply,
            .divide, .remainder,
        ]
        var failed = 0
        func run(_ expression: Expression) {
            do throws(EvaluationError) { _ = try frame.evaluate(expression) } catch { failed += 1 }
        }
        for left in extremes.indices {
            for place in [TextPlace.plain, .url, .filePath, .header] {
                run(.interpolation([.literal("a"), .value(.slot(left))], place))
            }
            run(.unary(.negate, .slot(left)))
            run(.unary(.not, .slot(left)))
            run(.isEmpty(.slot(left)))
            run(.field(.slot(left), 99))
            run(.required(.slot(left), description: "x"))
            for function in Function.allCases { run(.call(function, [.slot(left)])) }
            for right in extremes.indices {
                for operation in operators { run(.binary(operation, .slot(left), .slot(right))) }
                run(.index(.slot(left), .slot(right)))
                for function in Function.allCases {
                    run(.call(function, [.slot(left), .slot(right)]))
                    run(.call(function, [.slot(left), .slot(right), .slot(right)]))
                    run(.call(function, [.slot(left), .slot(right), .constant(.int(2)), .slot(right)]))
                }
            }
        }
        run(.slot(-1))
        run(.slot(1_000))
        for function in Function.allCases { run(.call(function, [])) }
        #expect(failed > 0)
    }

    @Test func valuesInTextKnowTheirPlace() throws {
        let frame = Frame(
            slots: [.text("a/b ü?&"), .text(".."), .text("x\r\ny"), .text("")], messageID: "m",
            received: Instant(microseconds: 0))
        func text(_ slot: Int, _ place: TextPlace, _ prefix: String = "/o/") throws -> Value {
            try frame.evaluate(.interpolation([.literal(prefix), .value(.slot(slot))], place))
        }
        #expect(try text(0, .url) == .text("/o/a%2Fb%20%C3%BC%3F%26"))
        #expect(try text(1, .url, "/o?q=") == .text("/o?q=.."))
        #expect(throws: EvaluationError.self) { try text(1, .url) }
        #expect(throws: EvaluationError.self) { try text(0, .filePath) }
        #expect(throws: EvaluationError.self) { try text(1, .filePath) }
        #expect(throws: EvaluationError.self) { try text(3, .filePath) }
        #expect(throws: EvaluationError.self) { try text(2, .header) }
        #expect(try text(2, .plain, "") == .text("x\r\ny"))
    }

    @Test func evaluationIsFast() throws {
        let compilation = Sample.route(
            "through outbox\nfilter .status == \"paid\" and .net > 0\nlog \"{.id}\"")
        let plan = try #require(compilation.plan)
        let route = plan.routes[0]
        guard case .filter(let condition)? = route.body.first else {
            Issue.record("no filter in the plan")
            return
        }
        let row = Record(
            shape: route.source.shape, fields: route.source.shape.names.map { Self.standard[$0] ?? .missing })
        let frame = Frame(
            slots: [.record(row), .record(row)], messageID: "m", received: Instant(microseconds: 0))
        let clock = ContinuousClock()
        var held = 0
        let time = try clock.measure {
            for _ in 0..<100_000 where try frame.holds(condition) { held += 1 }
        }
        #expect(held == 100_000)
        print("filter with two comparisons: \(time / 100_000) each (debug build)")
    }
}
