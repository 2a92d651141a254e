/*
 * What a log writes to: one descriptor, and how to write to it without waiting.
 *
 * Knows nothing of lines but where they end, and nothing of threads: who writes to what is no
 * regular file must be the only one to do so.
 */
#ifndef STATOR_BASE_LOG_OUTLET_H
#define STATOR_BASE_LOG_OUTLET_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/span.h"

/* How not to wait for room. */
enum stator_log_manner {
    STATOR_LOG_MANNER_PLAIN, /* it never makes us wait: a regular file, or its flags are ours */
    STATOR_LOG_MANNER_SEND,  /* a socket: each call says that it shall not wait */
    STATOR_LOG_MANNER_ASK,   /* anything else: poll(2) says whether there is room */
};

struct stator_log_outlet {
    int fd;
    enum stator_log_manner manner;
    bool terminal;       /* a person watches */
    atomic_bool regular; /* takes all in one write; changes when it is opened again */
};

/*
 * Opens `path` as stator_log_open says, but for "off". Owns: the caller closes out->fd.
 * Fails: -errno, `out` untouched.
 */
int stator_log_outlet_open(const char *path, struct stator_log_outlet *out);

/*
 * Opens `path` in place of what it was opened with; threads may write all the while.
 * Async-signal-safe. Fails: -errno, the old file stays.
 */
int stator_log_outlet_reopen(struct stator_log_outlet *outlet, const char *path);

/*
 * Writes until nothing is left of `lines` (0) or it takes no more (-EAGAIN, else -errno); `lines`
 * is then what is left.
 */
int stator_log_outlet_write(const struct stator_log_outlet *outlet, struct stator_span *lines);

/* Waits at most `ms` for room. True if there is some, or if writing will fail at once. */
bool stator_log_outlet_has_room(const struct stator_log_outlet *outlet, int ms);

#endif
