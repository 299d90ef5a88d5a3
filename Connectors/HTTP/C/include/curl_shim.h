#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

// Swift cannot call variadic functions: one typed door for each kind of option value.
static inline CURLcode waybill_curl_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_setopt_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode waybill_curl_getinfo_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode waybill_curl_getinfo_pointer(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

/// What the callbacks count of one answer. The body itself is not kept: nothing of it may end up in a reason.
typedef struct waybill_response {
    size_t body_limit;
    size_t header_limit;
    size_t body_bytes;
    size_t header_bytes;
    bool body_cut;
    bool headers_cut;
} waybill_response;

/// Makes a handle count its answers in `response`, which must outlive it.
void waybill_response_attach(CURL *handle, waybill_response *response);

/// The descriptors of several multis in one epoll. A descriptor stays registered while its connection idles in the
/// pool, so that a request on a warm connection costs no epoll_ctl.
typedef struct waybill_reactor waybill_reactor;

/// One multi and when it wants to be called next.
typedef struct waybill_loop {
    waybill_reactor *reactor;
    CURLM *multi;
    /// Monotonic milliseconds; INT64_MAX: never.
    int64_t deadline_ms;
} waybill_loop;

waybill_reactor *waybill_reactor_create(void);
void waybill_reactor_destroy(waybill_reactor *reactor);

/// Ends the wait of the thread that turns the reactor; may be called from any thread.
void waybill_reactor_wake(waybill_reactor *reactor);

/// Waits at most `timeout_ms` and lets the multis work on what is ready. Returns the number of events, -1 on failure.
int waybill_reactor_turn(waybill_reactor *reactor, int timeout_ms);

/// False when libcurl could not make a multi.
bool waybill_loop_open(waybill_loop *loop, waybill_reactor *reactor, long connections);
void waybill_loop_close(waybill_loop *loop);
/// Calls the multi if its time has come.
void waybill_loop_run_timer(waybill_loop *loop, int64_t now_ms);

/// Makes the sockets of a handle known to the reactor when they close.
void waybill_reactor_attach(waybill_reactor *reactor, CURL *handle);

int64_t waybill_monotonic_ms(void);
