#pragma once
#include <sqlite3.h>

// sqlite3_db_config is variadic, which Swift cannot call.

/// Closing this connection never checkpoints: for connections that only read.
static inline int waybill_sqlite3_no_checkpoint_on_close(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/// Refuses what a damaged or hostile file could make the connection do (shadow tables, writable schema).
static inline int waybill_sqlite3_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
