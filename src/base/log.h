/*
 * A log sink: a file, standard output or nothing, that many workers write to.
 *
 * Each worker gathers lines in a batch of its own; a batch is written by one write(2) to a
 * descriptor opened O_APPEND, so lines of several threads or processes never tear each other. What
 * is no regular file gets whole lines of at most PIPE_BUF bytes a write, from one batch at a time;
 * where it takes only a part of a line, the rest goes before anything else. A sink never holds a
 * loop up for long: when it cannot take more (a pipe or a terminal that nobody reads, a full disk),
 * the batch waits, up to its bound, and then lines are dropped and counted, never half written. The
 * lines for a pipe whose reader has gone are dropped at once.
 */
#ifndef STATOR_BASE_LOG_H
#define STATOR_BASE_LOG_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/text.h"

struct stator_log;

struct stator_log_batch {
    struct stator_log *log;
    struct stator_text lines;
    int64_t since; /* monotonic ms of the oldest line in it, or of the sink's last refusal */
    bool refused;  /* the sink did not take all of it last time: ask again only after a delay */
    bool owes;     /* its last line went out in part, and the sink keeps the rest */
    uint64_t dropped;
};

/* How long a line may wait in a batch, and how much a batch may hold, before it is written. */
#define STATOR_LOG_DELAY_MS  250
#define STATOR_LOG_BATCH     (32u * 1024)
#define STATOR_LOG_BATCH_MAX (1024u * 1024)

/*
 * Opens `path` for appending (created 0640); "-" is standard output; "off" discards. Standard
 * output keeps its flags, which other programs share: a pipe or a terminal is opened once more.
 * Owns: the caller destroys it after every batch on it. Threads: any.
 * Fails: -errno (-ENXIO for a FIFO that nobody reads), `out` untouched.
 */
int stator_log_open(const char *path, struct stator_log **out);
void stator_log_destroy(struct stator_log *log);

/* False for "off": the caller need not format a line at all. */
bool stator_log_is_on(const struct stator_log *log);

/* True where a person watches: lines are then written as soon as the loop is free. */
bool stator_log_is_terminal(const struct stator_log *log);

/*
 * Opens the path again, for log rotation; lines go to the old file until the new one is there.
 * Async-signal-safe; any thread. Standard output stays. Fails: -errno, the old file stays.
 */
int stator_log_reopen(struct stator_log *log);

void stator_log_batch_init(struct stator_log_batch *batch, struct stator_log *log);

/*
 * Writes what is left, counts what cannot be written as dropped, and frees the batch's memory. May
 * wait for a slow pipe or terminal: up to a second, which begins with the first batch that has to
 * wait and is for all batches of one sink together.
 */
void stator_log_batch_finish(struct stator_log_batch *batch);

/*
 * Where the next line goes: the caller adds to it, ending in '\n', and then calls
 * stator_log_batch_added. NULL when the log is off, or when the batch is full and the sink does not
 * take it: the line is then counted as dropped.
 */
struct stator_text *stator_log_batch_line(struct stator_log_batch *batch);
void stator_log_batch_added(struct stator_log_batch *batch, int64_t now);

/* True if lines wait, or the rest of one. */
static inline bool stator_log_batch_waits(const struct stator_log_batch *batch)
{
    return batch->lines.length > 0 || batch->owes;
}

/*
 * Writes the batch if it is due at `now` (monotonic ms): old enough, large enough, or on a
 * terminal; or anyway with `force`.
 */
void stator_log_batch_flush(struct stator_log_batch *batch, int64_t now, bool force);

#endif
