/// The tables of `waybill.db`. What people search are rows; what only the engine reads are blobs of many records.
enum Schema {
    /// Written to `user_version`. A store of a higher one is refused.
    static let version = 2
    /// `application_id`: "Wybl".
    static let application: Int64 = 0x5779_626c

    static let creation = """
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(version);
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE routes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE queues (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE plans (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, sources BLOB NOT NULL);
        CREATE TABLE positions (route INTEGER PRIMARY KEY, position BLOB NOT NULL, position_text TEXT NOT NULL);
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY, -- route << 8 | word; word 0 counts what was seen
            messages INTEGER NOT NULL);
        CREATE TABLE chunks (id INTEGER PRIMARY KEY, heads BLOB NOT NULL);
        CREATE TABLE bodies (id INTEGER PRIMARY KEY, bodies BLOB NOT NULL); -- chunk << 10 | segment
        CREATE TABLE progress (entry INTEGER PRIMARY KEY, progress BLOB NOT NULL);
        CREATE TABLE recent_keys (id INTEGER PRIMARY KEY, keys BLOB NOT NULL);
        CREATE TABLE key_tables (
            id INTEGER PRIMARY KEY, state INTEGER NOT NULL, -- 0 complete, 1 being written, 2 being dropped
            keys INTEGER NOT NULL, until_us INTEGER NOT NULL, last_row INTEGER NOT NULL, filter BLOB NOT NULL);
        CREATE TABLE key_blocks (id INTEGER PRIMARY KEY, keys BLOB NOT NULL); -- table << 13 | leading 13 bits
        CREATE TABLE seen_blocks (
            id INTEGER PRIMARY KEY, route INTEGER NOT NULL, block INTEGER NOT NULL, -- identity >> 7
            seen_us INTEGER NOT NULL, rows BLOB NOT NULL);
        CREATE UNIQUE INDEX seen_blocks_by_block ON seen_blocks (route, block);
        CREATE TABLE seen_rows (
            id INTEGER PRIMARY KEY, route INTEGER NOT NULL, identity BLOB NOT NULL, message TEXT NOT NULL,
            content INTEGER NOT NULL, word INTEGER NOT NULL, seen_us INTEGER NOT NULL);
        CREATE UNIQUE INDEX seen_rows_by_identity ON seen_rows (route, identity);
        CREATE TABLE row_crash_marks (
            route INTEGER NOT NULL, identity BLOB NOT NULL, marks INTEGER NOT NULL,
            PRIMARY KEY (route, identity)) WITHOUT ROWID;
        CREATE TABLE conflicts (
            id INTEGER PRIMARY KEY, route INTEGER NOT NULL, message TEXT NOT NULL, key TEXT NOT NULL,
            first_message INTEGER NOT NULL, at_us INTEGER NOT NULL);
        CREATE TABLE endings (id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, endings BLOB NOT NULL);
        CREATE TABLE marks (id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, marks BLOB NOT NULL);
        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY, route INTEGER NOT NULL, queue TEXT NOT NULL, message TEXT NOT NULL,
            step TEXT NOT NULL, reason TEXT NOT NULL, last_outcome_unknown INTEGER NOT NULL,
            attempts INTEGER NOT NULL, at_us INTEGER NOT NULL, plan INTEGER NOT NULL, body BLOB NOT NULL,
            progress BLOB, parent INTEGER, word INTEGER NOT NULL);
        CREATE INDEX dead_letters_by_route ON dead_letters (route, id);
        CREATE INDEX dead_letters_by_message ON dead_letters (message);
        CREATE TABLE extents (
            connection TEXT NOT NULL, path TEXT NOT NULL, inode INTEGER NOT NULL, length_bytes INTEGER NOT NULL,
            PRIMARY KEY (connection, path)) WITHOUT ROWID;
        CREATE TABLE audit_notes (
            id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL);
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE charge_terms ( -- what many records have in common
            id INTEGER PRIMARY KEY, tariff TEXT NOT NULL, tariff_hash TEXT NOT NULL, charge TEXT NOT NULL,
            priced_by TEXT NOT NULL, meter TEXT NOT NULL, route TEXT NOT NULL, connection TEXT NOT NULL,
            currency TEXT NOT NULL, minor_digits INTEGER NOT NULL, period TEXT NOT NULL);
        CREATE TABLE ledger (
            seq INTEGER PRIMARY KEY, customer INTEGER NOT NULL, terms INTEGER NOT NULL, message TEXT NOT NULL,
            quantity INTEGER NOT NULL, amount_u INTEGER NOT NULL, delivered_us INTEGER NOT NULL,
            charge_id BLOB NOT NULL, rest BLOB NOT NULL);
        CREATE UNIQUE INDEX ledger_by_charge ON ledger (charge_id);
        CREATE TABLE tallies (
            customer TEXT NOT NULL, tariff TEXT NOT NULL, charge TEXT NOT NULL, period TEXT NOT NULL,
            quantity INTEGER NOT NULL, total_u INTEGER NOT NULL,
            PRIMARY KEY (customer, tariff, charge, period)) WITHOUT ROWID;
        CREATE VIEW ledger_lines AS
            SELECT seq, name AS customer, period, tariff, charge, quantity, amount_u, currency, message, meter, route,
                connection, delivered_us
            FROM ledger JOIN charge_terms ON charge_terms.id = terms JOIN customers ON customers.id = customer;
        \(jobs)
        """

    /// Jobs of queue clients, new in version 2. See `JobStorage`.
    static let jobs = """
        CREATE TABLE job_node (
            id INTEGER PRIMARY KEY, node BLOB NOT NULL, id_key BLOB NOT NULL, is_leaving INTEGER NOT NULL,
            last_created INTEGER NOT NULL, next_chunk INTEGER NOT NULL, next_queue INTEGER NOT NULL);
        CREATE TABLE job_log (id INTEGER PRIMARY KEY, facts BLOB NOT NULL); -- a turn's facts
        CREATE TABLE job_queues (id INTEGER PRIMARY KEY, name BLOB NOT NULL, counts BLOB NOT NULL);
        CREATE TABLE job_chunks (id INTEGER PRIMARY KEY, descriptor BLOB NOT NULL);
        CREATE TABLE job_heads (id INTEGER PRIMARY KEY, heads BLOB NOT NULL);
        CREATE TABLE job_bodies (id INTEGER PRIMARY KEY, bodies BLOB NOT NULL); -- chunk << 10 | segment
        """

    /// From version 1.
    static let migration = """
        \(jobs)
        PRAGMA user_version = \(version);
        """
}
