/*
 * A log sink: a file, standard output or nothing, that the lines of many threads go to, and of many
 * processes: those that the one which opened it has made since, each with a copy of the sink.
 *
 * One write(2) of whole lines to a descriptor opened O_APPEND: so lines of several threads or
 * processes never tear each other. What is no regular file gets at most PIPE_BUF bytes a write,
 * from one thread of one process at a time; where it takes only a part of a line, the sink keeps
 * the rest, which goes before anything else.
 *
 * Nobody waits for a sink (a pipe or a terminal that nobody reads, a full disk): it refuses, and
 * the caller asks again later. There is one exception, by chance and seldom: where standard output
 * cannot be opened a second time (a pipe without /proc, a terminal that is not this session's and
 * belongs to another user), its flags are not ours to change, and room is asked for before each
 * write; another program that takes that room in between makes us wait until there is room again.
 */
#ifndef STATOR_BASE_LOG_H
#define STATOR_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct stator_log;

/*
 * Opens `path` for appending (created 0640); "-" is standard output; "off" discards. Standard
 * output keeps its flags, which other programs share: a pipe or a terminal is opened once more.
 * Owns: the caller destroys it after everything that writes to it. Threads: any.
 * Fails: -errno (-ENXIO for a FIFO that nobody reads), `out` untouched.
 */
int stator_log_open(const char *path, struct stator_log **out);
void stator_log_destroy(struct stator_log *log);

/* False for "off": the caller need not format a line at all. */
bool stator_log_is_on(const struct stator_log *log);

/* What it is written to, for who closes everything else; -1 for "off". */
int stator_log_fd(const struct stator_log *log);

/* True where a person watches: lines are then due at once. */
bool stator_log_is_terminal(const struct stator_log *log);

/*
 * Opens the path again, for log rotation; lines go to the old file until the new one is there.
 * Other processes that share the sink do the same before they write next. Async-signal-safe; any
 * thread. Standard output stays. Fails: -errno, the old file stays.
 */
int stator_log_reopen(struct stator_log *log);

/*
 * Writes `lines`, each of which ends in '\n', after what the sink owes. Threads: any.
 * Fails: `lines` is then what is left of them, to the byte. -EAGAIN: it takes no more now; -EBUSY:
 * another thread writes; -EPIPE: its reader has gone, and so has a line that was written in part;
 * -errno.
 */
int stator_log_write(struct stator_log *log, struct stator_span *lines);

/* True if a line went out in part: writing, be it nothing, sends the rest. Threads: any. */
bool stator_log_has_pending(const struct stator_log *log);

/* Counts a line that went out in part, if any, as lost: only its end is then still owed. */
void stator_log_give_up(struct stator_log *log, int why);

/*
 * For who is about to end and has something left: waits until the sink may take it. False where
 * there is no time left: a second, which begins with the first call and is for everybody together.
 */
bool stator_log_wait(struct stator_log *log);

/* --- lost lines ------------------------------------------------------------------------------ */

/* Called in the thread that lost a line; must not wait. */
typedef void stator_log_loss_fn(void *context);

/*
 * Has `on_loss` called when lines begin to be lost: at the first one, and at the first one after
 * the path was opened again; NULL for no more calls. Threads: while no other thread writes.
 */
void stator_log_watch(struct stator_log *log, stator_log_loss_fn *on_loss, void *context);

/* Counts lines that will not be written, `why` as -errno. Threads: any. */
void stator_log_lose(struct stator_log *log, uint64_t lines, int why);

/* How many were lost so far, and why the last of them was: -errno, 0 before the first. */
uint64_t stator_log_lost(const struct stator_log *log);
int stator_log_why_lost(const struct stator_log *log);

#endif
