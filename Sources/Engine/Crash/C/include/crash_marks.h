#pragma once
#include <stdint.h>

/// A page in a file that says, for each thread that runs steps, which message it works on. A trap marks the trapping
/// thread's slot; the next start reads what is there. Signal-safe: only stores to mapped memory and write(2).

enum { WAYBILL_CRASH_SLOTS = 16 };

typedef struct {
    /// 0: idle. Else what the thread works on: a queue entry, or a route with a row.
    uint64_t kind;
    uint64_t first;
    uint64_t second;
    /// 1 where a trap ended the process while this was worked on.
    uint64_t crashed;
    /// What an unmarked start found here the last time, and how often in a row.
    uint64_t found_first;
    uint64_t found_second;
    uint64_t found_count;
    uint64_t reserved;
} waybill_crash_slot;

/// Maps the page, making the file if it is missing. 0, or an errno.
int waybill_crash_open(const char *path);
/// The slots as the last process left them, before `install`; valid until the process ends.
waybill_crash_slot *waybill_crash_slots(void);
/// Takes over SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT and SIGFPE.
void waybill_crash_install(void);
/// Gives the calling thread its slot and a stack to handle signals on. 0, or an errno.
int waybill_crash_enter_thread(int slot);

static inline void waybill_crash_begin(waybill_crash_slot *slot, uint64_t kind, uint64_t first, uint64_t second) {
    slot->first = first;
    slot->second = second;
    __atomic_store_n(&slot->kind, kind, __ATOMIC_RELEASE);
}

static inline void waybill_crash_end(waybill_crash_slot *slot) {
    __atomic_store_n(&slot->kind, 0, __ATOMIC_RELEASE);
}
