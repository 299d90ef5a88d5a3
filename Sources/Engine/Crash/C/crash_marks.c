#define _GNU_SOURCE
#include "crash_marks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static waybill_crash_slot *page;
static __thread waybill_crash_slot *own;

int waybill_crash_open(const char *path) {
    size_t size = sizeof(waybill_crash_slot) * WAYBILL_CRASH_SLOTS;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return errno;
    int problem = ftruncate(file, (off_t)size) == 0 ? 0 : errno;
    if (problem == 0) {
        void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED) problem = errno;
        else page = mapped;
    }
    close(file);
    return problem;
}

waybill_crash_slot *waybill_crash_slots(void) { return page; }

static char *put(char *at, const char *text) {
    while (*text) *at++ = *text++;
    return at;
}

static char *put_hex(char *at, uint64_t number) {
    static const char digits[] = "0123456789abcdef";
    int shift = 60;
    while (shift > 0 && ((number >> shift) & 15) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) *at++ = digits[(number >> shift) & 15];
    return at;
}

static uint64_t program_counter(void *context) {
#if defined(__x86_64__)
    return (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uint64_t)((ucontext_t *)context)->uc_mcontext.pc;
#else
    return 0;
#endif
}

static void on_trap(int number, siginfo_t *info, void *context) {
    // A signal that somebody sent says nothing about the message; the kernel's own and abort() do.
    int sent = info->si_code == SI_USER || info->si_code == SI_QUEUE;
    int from_abort = info->si_code == SI_TKILL && info->si_pid == getpid();
    int own_trap = !sent && (info->si_code > 0 || from_abort);
    if (own_trap && own && own->kind) __atomic_store_n(&own->crashed, 1, __ATOMIC_RELEASE);
    char line[160];
    char *at = put(line, "waybill: fatal signal ");
    at = put_hex(at, (uint64_t)number);
    at = put(at, " at pc 0x");
    at = put_hex(at, program_counter(context));
    if (own_trap && own && own->kind) {
        at = put(at, " while working on 0x");
        at = put_hex(at, own->first);
    }
    at = put(at, "\n");
    ssize_t ignored = write(2, line, (size_t)(at - line));
    (void)ignored;
    // SA_RESETHAND has put the default action back: the fault repeats and ends the process, a sent signal is sent again.
    if (!own_trap) raise(number);
}

void waybill_crash_install(void) {
    static const int numbers[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_trap;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
}

int waybill_crash_enter_thread(int slot) {
    if (!page || slot < 0 || slot >= WAYBILL_CRASH_SLOTS) return EINVAL;
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_size = 64 * 1024;
    stack.ss_sp = malloc(stack.ss_size);
    if (!stack.ss_sp) return ENOMEM;
    if (sigaltstack(&stack, NULL) != 0) return errno;
    own = &page[slot];
    return 0;
}
