import Testing

/// The whole system against a real MariaDB, real HTTP receivers and files. Nothing of the engine is imported: it is the
/// built `waybill` that runs. One at a time, since each brings a database and measures time.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct Scenarios {}
