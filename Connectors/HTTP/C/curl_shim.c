#include "curl_shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// ---- What an answer may weigh ---------------------------------------------------------------------------------------

static size_t count_body(char *data, size_t size, size_t count, void *context) {
    (void)data;
    waybill_response *response = context;
    size_t bytes = size * count;
    if (bytes > response->body_limit - response->body_bytes) {
        response->body_cut = true;
        return 0;
    }
    response->body_bytes += bytes;
    return bytes;
}

static size_t count_header(char *data, size_t size, size_t count, void *context) {
    (void)data;
    waybill_response *response = context;
    size_t bytes = size * count;
    if (bytes > response->header_limit - response->header_bytes) {
        response->headers_cut = true;
        return 0;
    }
    response->header_bytes += bytes;
    return bytes;
}

void waybill_response_attach(CURL *handle, waybill_response *response) {
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, count_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, response);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, count_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, response);
}

// ---- Descriptors ----------------------------------------------------------------------------------------------------

typedef struct {
    /// Whose descriptor it is at present; null while its connection idles in the pool.
    waybill_loop *loop;
    /// What epoll has been told; 0: not registered.
    uint32_t registered;
    /// A socket to a receiver, which tells us when it closes. Others (the resolver's pair) close unseen.
    bool is_connection;
} descriptor_state;

struct waybill_reactor {
    int epoll;
    int wakeup;
    descriptor_state *states;
    size_t count;
};

int64_t waybill_monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

waybill_reactor *waybill_reactor_create(void) {
    waybill_reactor *reactor = calloc(1, sizeof *reactor);
    if (reactor == NULL) return NULL;
    reactor->epoll = epoll_create1(EPOLL_CLOEXEC);
    reactor->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = reactor->wakeup};
    if (reactor->epoll >= 0 && reactor->wakeup >= 0 &&
        epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, reactor->wakeup, &event) == 0) {
        return reactor;
    }
    waybill_reactor_destroy(reactor);
    return NULL;
}

void waybill_reactor_destroy(waybill_reactor *reactor) {
    if (reactor->epoll >= 0) close(reactor->epoll);
    if (reactor->wakeup >= 0) close(reactor->wakeup);
    free(reactor->states);
    free(reactor);
}

static descriptor_state *state_of(waybill_reactor *reactor, int fd) {
    if (fd < 0) return NULL;
    size_t index = (size_t)fd;
    if (index >= reactor->count) {
        size_t count = (index + 1) * 2;
        descriptor_state *states = realloc(reactor->states, count * sizeof *states);
        if (states == NULL) return NULL;
        memset(states + reactor->count, 0, (count - reactor->count) * sizeof *states);
        reactor->states = states;
        reactor->count = count;
    }
    return &reactor->states[index];
}

/// Tells epoll what is wanted of a descriptor, if that differs from what it knows.
static bool want(waybill_reactor *reactor, int fd, descriptor_state *state, uint32_t events) {
    if (state->registered == events) return true;
    struct epoll_event event = {.events = events, .data.fd = fd};
    int operation = state->registered == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    int result = epoll_ctl(reactor->epoll, operation, fd, &event);
    // The kernel forgets a closed descriptor by itself, and its number may have come back meanwhile.
    if (result != 0 && errno == EEXIST) result = epoll_ctl(reactor->epoll, EPOLL_CTL_MOD, fd, &event);
    if (result != 0 && errno == ENOENT && events != 0) result = epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, fd, &event);
    state->registered = result == 0 ? events : 0;
    return result == 0;
}

static int socket_changed(CURL *handle, curl_socket_t fd, int what, void *context, void *socket_context) {
    (void)handle;
    (void)socket_context;
    waybill_loop *loop = context;
    descriptor_state *state = state_of(loop->reactor, fd);
    if (state == NULL) return -1;
    if (what == CURL_POLL_REMOVE) {
        // It stays with epoll: most sockets are wanted again by the next request. Output readiness would fire at once.
        state->loop = NULL;
        if (!state->is_connection) want(loop->reactor, fd, state, 0);
        else if (state->registered & EPOLLOUT) want(loop->reactor, fd, state, EPOLLIN);
        return 0;
    }
    state->loop = loop;
    uint32_t events = 0;
    if (what & CURL_POLL_IN) events |= EPOLLIN;
    if (what & CURL_POLL_OUT) events |= EPOLLOUT;
    return want(loop->reactor, fd, state, events) ? 0 : -1;
}

static int socket_closing(void *context, curl_socket_t fd) {
    waybill_reactor *reactor = context;
    if (fd >= 0 && (size_t)fd < reactor->count) reactor->states[fd] = (descriptor_state){0};
    return close(fd);
}

static curl_socket_t socket_opening(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    waybill_reactor *reactor = context;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    descriptor_state *state = state_of(reactor, fd);
    if (state == NULL) {
        close(fd);
        return CURL_SOCKET_BAD;
    }
    *state = (descriptor_state){.is_connection = true};
    return fd;
}

void waybill_reactor_attach(waybill_reactor *reactor, CURL *handle) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, socket_opening);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, reactor);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, socket_closing);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, reactor);
}

void waybill_reactor_wake(waybill_reactor *reactor) {
    uint64_t one = 1;
    (void)!write(reactor->wakeup, &one, sizeof one);
}

static void handle_event(waybill_reactor *reactor, int fd, uint32_t events) {
    if (fd == reactor->wakeup) {
        uint64_t count;
        (void)!read(fd, &count, sizeof count);
        return;
    }
    descriptor_state *state = state_of(reactor, fd);
    if (state == NULL) return;
    if (state->loop == NULL) {
        // The peer closed a connection that idles in the pool: libcurl finds out when it looks at it next.
        if (state->registered != 0) want(reactor, fd, state, 0);
        return;
    }
    int mask = 0;
    if (events & EPOLLIN) mask |= CURL_CSELECT_IN;
    if (events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
    if (events & (EPOLLERR | EPOLLHUP)) mask |= CURL_CSELECT_IN | CURL_CSELECT_ERR;
    int running;
    curl_multi_socket_action(state->loop->multi, fd, mask, &running);
}

int waybill_reactor_turn(waybill_reactor *reactor, int timeout_ms) {
    struct epoll_event events[256];
    int count = epoll_wait(reactor->epoll, events, 256, timeout_ms);
    if (count < 0) return errno == EINTR ? 0 : -1;
    for (int index = 0; index < count; index++) handle_event(reactor, events[index].data.fd, events[index].events);
    return count;
}

// ---- Multis ---------------------------------------------------------------------------------------------------------

static int timer_changed(CURLM *multi, long timeout_ms, void *context) {
    (void)multi;
    waybill_loop *loop = context;
    loop->deadline_ms = timeout_ms < 0 ? INT64_MAX : timeout_ms == 0 ? 0 : waybill_monotonic_ms() + timeout_ms;
    return 0;
}

bool waybill_loop_open(waybill_loop *loop, waybill_reactor *reactor, long connections) {
    loop->reactor = reactor;
    loop->deadline_ms = INT64_MAX;
    loop->multi = curl_multi_init();
    if (loop->multi == NULL) return false;
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, connections);
    curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return true;
}

void waybill_loop_close(waybill_loop *loop) {
    if (loop->multi != NULL) curl_multi_cleanup(loop->multi);
    loop->multi = NULL;
}

void waybill_loop_run_timer(waybill_loop *loop, int64_t now_ms) {
    if (loop->deadline_ms > now_ms) return;
    loop->deadline_ms = INT64_MAX;
    int running;
    curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}
