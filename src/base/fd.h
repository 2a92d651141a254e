/*
 * What is done to any descriptor. The Linux calls that have no POSIX name stand in fd_linux.c,
 * their POSIX twins in fd_posix.c; both are built, one is chosen (-Dportable=true takes POSIX).
 */
#ifndef STATOR_BASE_FD_H
#define STATOR_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Closes `*fd` if it is open (>= 0) and makes it -1. EINTR counts as closed. */
void stator_fd_close(int *fd);

/* Sets or clears O_NONBLOCK. Fails: -errno. */
int stator_fd_set_nonblocking(int fd, bool nonblocking);

/*
 * Closes every descriptor of this process but the standard three and the `count` ones of `keep`,
 * which it sorts: for a child that is to hold nothing open that is its parent's business. Where the
 * system closes no ranges, those from 65,536 on stay.
 */
void stator_fd_close_others(int *keep, size_t count);

/* Closes all from `first` to `last`. False where the system has no call for it. */
bool stator_fd_close_range(int first, int last);

/* How many descriptors this process may have open (RLIMIT_NOFILE, soft). */
size_t stator_fd_limit(void);

/*
 * Accepts one connection, close-on-exec. `address` and `length` as for accept(2).
 * Returns: the descriptor, or -errno.
 */
int stator_fd_accept(int listener, bool nonblocking, struct sockaddr *address, socklen_t *length);

/*
 * Lets connections become ready to be accepted when their first bytes have come, or about `seconds`
 * after they were made if none have: a client is then never accepted just to be waited for. A
 * system that cannot do this accepts them at once, which is no error.
 */
void stator_fd_defer_accept(int listener, int seconds);

/* True if `listener` was told to, and does. */
bool stator_fd_defers_accept(int listener);

/*
 * A wake-up call that a signal handler or another thread may make: `out[0]` becomes readable when
 * somebody writes to `out[1]` (the same descriptor where the system has eventfd). Both are
 * non-blocking and close-on-exec. Owns: the caller closes both, once if they are the same.
 * Fails: -errno, `out` untouched.
 */
int stator_fd_wake_open(int out[2]);

/* Makes `wake[0]` readable. Async-signal-safe. */
void stator_fd_wake(const int wake[2]);

/* Makes `wake[0]` unreadable again, until the next call. */
void stator_fd_wake_clear(const int wake[2]);

void stator_fd_wake_close(int wake[2]);

#endif
