/// A currency by ISO 4217 code, with the number of digits of its minor unit.
package struct Currency: Sendable, Hashable {
    package let code: String
    /// Digits behind the point that people pay in: EUR 2, JPY 0, KWD 3.
    package let minorDigits: Int
    package init(code: String, minorDigits: Int) {
        self.code = code
        self.minorDigits = minorDigits
    }
}

extension Currency {
    /// ISO 4217's code for "no currency": what unpriced records carry.
    package static let none = Currency(code: "XXX", minorDigits: 0)

    /// Digits behind the point of one `u`: six more than the minor unit's.
    package var unitDigits: Int { minorDigits + 6 }

    /// A currency that people pay in, by its code in capitals; `nil` for codes that ISO 4217 does not list.
    package init?(code: String) {
        guard let digits = Currency.minorDigitsByCode[code] else { return nil }
        self.init(code: code, minorDigits: digits)
    }

    /// Every code known, sorted: for diagnostics that name the nearest one.
    package static var codes: [String] { minorDigitsByCode.keys.sorted() }

    /// ISO 4217, list one, without metals, test codes and drawing rights.
    private static let minorDigitsByCode: [String: Int] = {
        let groups: [(digits: Int, codes: String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (
                2,
                """
                AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF \
                CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ \
                GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD \
                MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON \
                RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS \
                UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
                """
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ]
        var digits: [String: Int] = [:]
        for group in groups {
            for code in group.codes.split(separator: " ") { digits[String(code)] = group.digits }
        }
        return digits
    }()
}
