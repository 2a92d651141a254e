/*
 * A batch: the log lines of one thread, until they are written together.
 *
 * Gathers lines and writes them when they are old enough, many enough, or a person watches. What
 * the sink does not take waits, up to a bound; past it lines are lost, counted in the sink, never
 * half written. The lines for a pipe whose reader has gone are lost at once.
 */
#ifndef STATOR_BASE_LOG_BATCH_H
#define STATOR_BASE_LOG_BATCH_H

#include "base/log.h"
#include "base/text.h"

struct stator_log_batch {
    struct stator_log *log;
    struct stator_text lines;
    int64_t since; /* monotonic ms of the oldest line in it, or of the sink's last refusal */
    int refused;   /* -errno of the sink's last answer: ask again only after a delay; else 0 */
};

/* How long a line may wait in a batch, and how much a batch may hold, before it is written. */
#define STATOR_LOG_DELAY_MS  250
#define STATOR_LOG_BATCH     (32u * 1024)
#define STATOR_LOG_BATCH_MAX (1024u * 1024)

/* `log` must outlive the batch. */
void stator_log_batch_init(struct stator_log_batch *batch, struct stator_log *log);

/*
 * Writes what is left, counts what cannot be written as lost, and frees the batch's memory; it is
 * then empty and may be used or finished again. May wait, as stator_log_wait does.
 */
void stator_log_batch_finish(struct stator_log_batch *batch);

/*
 * Where the next line goes: the caller adds to it, ending in '\n', and then calls
 * stator_log_batch_added. NULL when the log is off, or when the batch is full and the sink does not
 * take it: the line is then counted as lost.
 */
struct stator_text *stator_log_batch_line(struct stator_log_batch *batch);
void stator_log_batch_added(struct stator_log_batch *batch, int64_t now);

/* True if lines wait, or the rest of one, whoever's it is. */
static inline bool stator_log_batch_waits(const struct stator_log_batch *batch)
{
    return batch->lines.length > 0 || stator_log_has_pending(batch->log);
}

/*
 * Writes the batch if it is due at `now` (monotonic ms): old enough, large enough, or on a
 * terminal; or anyway with `force`.
 */
void stator_log_batch_flush(struct stator_log_batch *batch, int64_t now, bool force);

#endif
