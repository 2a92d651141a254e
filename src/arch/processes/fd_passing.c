/*
 * Passing connections from a parent to its children.
 *
 * Knows who is idle and what is on its way; refuses to know who accepts and who serves. The one
 * surprising thing: a child first says that it has a connection and only then reads from it, so
 * whatever it did not say it had was never touched, and another one can begin afresh.
 */
#include "arch/processes/fd_passing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "arch/sockets/acceptor.h"
#include "base/fd.h"

enum { MESSAGE_IDLE = 'i', MESSAGE_TAKEN = 't' };

struct stator_fd_passing_child {
    bool idle;
    struct stator_accepted sent; /* fd -1: nothing */
};

/* Room for one descriptor, aligned as the system wants it. */
union rights {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int stator_fd_passing_init(struct stator_fd_passing *pass, struct stator_spawn *spawn)
{
    size_t count = spawn->arch->setup.worker_count;

    *pass = (struct stator_fd_passing){.spawn = spawn};
    pass->slots = calloc(count, sizeof(*pass->slots));
    pass->waiting = calloc(count + 1, sizeof(*pass->waiting));
    if (pass->slots == NULL || pass->waiting == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        pass->slots[i].sent.fd = -1;
    }
    return 0;
}

void stator_fd_passing_finish(struct stator_fd_passing *pass)
{
    for (size_t i = 0; i < pass->waiting_count; i++) {
        stator_acceptor_close(pass->waiting[i].fd, true);
    }
    free(pass->slots);
    free(pass->waiting);
    *pass = (struct stator_fd_passing){NULL};
}

/* What is accepted now would be passed on at once. */
bool stator_fd_passing_accepts(void *context)
{
    const struct stator_fd_passing *pass = context;

    return pass->idle > 0 && pass->waiting_count == 0;
}

bool stator_fd_passing_has_pending(void *context)
{
    return ((const struct stator_fd_passing *)context)->known > 0;
}

/* One message: the descriptor, and who the client is. */
static bool send_to(int channel, const struct stator_accepted *accepted)
{
    struct iovec peer = {(char *)accepted->peer, sizeof(accepted->peer)};
    union rights rights = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
                                    .cmsg_level = SOL_SOCKET,
                                    .cmsg_type = SCM_RIGHTS}};
    struct msghdr header = {.msg_iov = &peer,
                            .msg_iovlen = 1,
                            .msg_control = &rights,
                            .msg_controllen = sizeof(rights.bytes)};
    ssize_t sent;

    memcpy(CMSG_DATA(&rights.head), &accepted->fd, sizeof(int));
    do {
        sent = sendmsg(channel, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof(accepted->peer);
}

static void set_idle(struct stator_fd_passing *pass, size_t index, bool idle)
{
    pass->idle += idle ? !pass->slots[index].idle : 0;
    pass->idle -= idle ? 0 : pass->slots[index].idle;
    pass->slots[index].idle = idle;
}

/* False where no child is idle. */
static bool send_to_idle(struct stator_fd_passing *pass, const struct stator_accepted *accepted)
{
    for (size_t i = 0; pass->idle > 0 && i < pass->spawn->arch->setup.worker_count; i++) {
        if (!pass->slots[i].idle) {
            continue;
        }
        set_idle(pass, i, false);
        if (send_to(pass->spawn->children[i].channel, accepted)) {
            pass->slots[i].sent = *accepted;
            return true;
        } /* else it is about to end, of its own accord or not */
    }
    return false;
}

int stator_fd_passing_accept(void *context, size_t listener)
{
    struct stator_fd_passing *pass = context;
    struct stator_accepted accepted;

    accepted.fd =
        stator_acceptor_next(pass->spawn->arch->setup.listeners[listener], false, accepted.peer);
    if (accepted.fd < 0) {
        return accepted.fd;
    }
    pass->known++;
    if (!send_to_idle(pass, &accepted)) {
        pass->waiting[pass->waiting_count++] = accepted;
    }
    return 0;
}

static void send_waiting(struct stator_fd_passing *pass)
{
    while (pass->waiting_count > 0 && send_to_idle(pass, &pass->waiting[pass->waiting_count - 1])) {
        pass->waiting_count--;
    }
}

/* What was sent to a child that does not have it is to be sent again. */
static void take_back(struct stator_fd_passing *pass, struct stator_fd_passing_child *slot)
{
    if (slot->sent.fd >= 0) {
        pass->waiting[pass->waiting_count++] = slot->sent;
        slot->sent.fd = -1;
    }
}

void stator_fd_passing_on_message(void *context, size_t index, char message)
{
    struct stator_fd_passing *pass = context;
    struct stator_fd_passing_child *slot = &pass->slots[index];

    if (message == MESSAGE_IDLE) {
        set_idle(pass, index, true);
        take_back(pass, slot);
        send_waiting(pass);
    } else if (message == MESSAGE_TAKEN && slot->sent.fd >= 0) {
        stator_fd_close(&slot->sent.fd);
        pass->known--;
    }
}

void stator_fd_passing_on_exit(void *context, size_t index)
{
    struct stator_fd_passing *pass = context;

    set_idle(pass, index, false);
    take_back(pass, &pass->slots[index]);
    send_waiting(pass);
}

/* --- the child's side ----------------------------------------------------------------------- */

static void say(int channel, char message)
{
    ssize_t sent;

    do {
        sent = send(channel, &message, 1, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
}

/*
 * Takes a connection and says so; waits at most `ms` for it, -1 for ever. Owns: the caller's.
 * Fails: -EAGAIN, none came; -EMFILE, none can be taken now (the parent still has it: pause and
 * ask again); -EPIPE, none will come any more; `out` untouched.
 */
static int take(int channel, int ms, struct stator_accepted *out)
{
    struct stator_accepted accepted;
    struct iovec peer = {accepted.peer, sizeof(accepted.peer)};
    union rights rights;
    struct msghdr header = {.msg_iov = &peer,
                            .msg_iovlen = 1,
                            .msg_control = &rights,
                            .msg_controllen = sizeof(rights.bytes)};
    struct pollfd poller = {.fd = channel, .events = POLLIN};
    const struct cmsghdr *head;
    ssize_t count;

    if (poll(&poller, 1, ms) <= 0) {
        return -EAGAIN;
    }
    count = recvmsg(channel, &header, 0);
    if (count <= 0) {
        return count < 0 && errno == EINTR ? -EAGAIN : -EPIPE;
    }
    head = CMSG_FIRSTHDR(&header);
    if (head == NULL || head->cmsg_type != SCM_RIGHTS || count != (ssize_t)sizeof(accepted.peer)) {
        return -EMFILE;
    }
    memcpy(&accepted.fd, CMSG_DATA(head), sizeof(int));
    fcntl(accepted.fd, F_SETFD, FD_CLOEXEC);
    say(channel, MESSAGE_TAKEN);
    *out = accepted;
    return 0;
}

/* Waits for a connection and serves it. Fails: as `take`. */
static int serve_passed(struct stator_serial_server *serial)
{
    struct stator_accepted accepted;
    bool lines = stator_log_batch_waits(&serial->worker->log);
    int result;

    stator_serial_server_begin_wait(serial);
    result = take(serial->wake, lines ? STATOR_LOG_DELAY_MS : -1, &accepted);
    stator_serial_server_end_wait(serial);
    if (result == 0) {
        stator_serial_server_serve(serial, accepted.fd, accepted.peer);
    } else {
        stator_log_batch_flush(&serial->worker->log, serial->worker->clock.monotonic, false);
    }
    return result;
}

void stator_fd_passing_run(struct stator_serial_server *serial)
{
    int result = 0;

    while (result != -EPIPE && stator_serial_server_phase(serial) != STATOR_ARCH_PHASE_STOP) {
        if (result == -EMFILE) {
            poll(NULL, 0, STATOR_ACCEPT_PAUSE_MS);
        }
        if (result != -EAGAIN) {
            say(serial->wake, MESSAGE_IDLE);
        }
        result = serve_passed(serial);
    }
    stator_serial_server_serve_last(serial);
    stator_serial_server_begin_wait(serial); /* there will be none: it only ends the last turn */
}
