/*
 * The log lines of one thread.
 *
 * Knows when lines are due and how many may wait; refuses to know where they go and what they say.
 * The one surprising thing: a batch also comes back for the rest of a line that is not its own,
 * because the thread whose line that is may have nothing more to do.
 */
#include "base/log_batch.h"

#include <errno.h>

void stator_log_batch_init(struct stator_log_batch *batch, struct stator_log *log)
{
    *batch = (struct stator_log_batch){.log = log};
}

static uint64_t count_lines(struct stator_span lines)
{
    uint64_t count = 0;
    for (size_t i = 0; i < lines.length; i++) {
        count += lines.at[i] == '\n';
    }
    return count;
}

/* Leaves `rest`, the end of the batch's lines, and gives back memory that a jam took. */
static void keep(struct stator_log_batch *batch, struct stator_span rest)
{
    struct stator_text *lines = &batch->lines;
    if (rest.length == lines->length) {
        return;
    }
    if (rest.length > 0) {
        memmove(lines->at, rest.at, rest.length);
        lines->length = rest.length;
    } else if (lines->capacity > 2 * STATOR_LOG_BATCH) {
        stator_text_finish(lines);
    } else {
        stator_text_clear(lines);
    }
}

/* Writes until nothing is left (0) or the sink refuses (-errno). */
static int drain(struct stator_log_batch *batch)
{
    struct stator_span lines = stator_text_span(&batch->lines);
    int error = stator_log_write(batch->log, &lines);
    if (error == -EPIPE) {
        stator_log_lose(batch->log, count_lines(lines), error);
        lines.length = 0;
        error = 0;
    }
    keep(batch, lines);
    batch->refused = error != -EBUSY ? error : 0;
    return error;
}

/* Counts what the sink did not take: the lines that wait, and the one that it has in part. */
static void drop(struct stator_log_batch *batch, int why)
{
    stator_log_lose(batch->log, count_lines(stator_text_span(&batch->lines)), why);
    stator_log_give_up(batch->log, why);
}

void stator_log_batch_finish(struct stator_log_batch *batch)
{
    if (stator_log_batch_waits(batch)) {
        int error = drain(batch);
        while ((error == -EAGAIN || error == -EBUSY) && stator_log_wait(batch->log)) {
            error = drain(batch);
        }
        if (error != 0) {
            drop(batch, error != -EBUSY ? error : -EAGAIN);
        }
    }
    stator_text_finish(&batch->lines);
}

struct stator_text *stator_log_batch_line(struct stator_log_batch *batch)
{
    if (!stator_log_is_on(batch->log)) {
        return NULL;
    }
    if (batch->lines.length >= STATOR_LOG_BATCH_MAX && batch->refused == 0) {
        drain(batch);
    }
    if (batch->lines.length >= STATOR_LOG_BATCH_MAX) {
        stator_log_lose(batch->log, 1, batch->refused != 0 ? batch->refused : -EAGAIN);
        return NULL;
    }
    if (batch->lines.length == 0) {
        batch->since = -1;
    }
    return &batch->lines;
}

void stator_log_batch_added(struct stator_log_batch *batch, int64_t now)
{
    struct stator_text *lines = &batch->lines;
    if (lines->failed) {
        /* Memory ran out within the line: take its beginning back. */
        size_t end = stator_span_find_last(stator_text_span(lines), '\n');
        lines->length = end < lines->length ? end + 1 : 0;
        lines->failed = false;
        stator_log_lose(batch->log, 1, -ENOMEM);
    }
    if (batch->since < 0) {
        batch->since = now;
    }
}

static bool is_due(const struct stator_log_batch *batch, int64_t now)
{
    bool old = now - batch->since >= STATOR_LOG_DELAY_MS;
    bool large = batch->lines.length >= STATOR_LOG_BATCH;
    return old || (batch->refused == 0 && (large || stator_log_is_terminal(batch->log)));
}

void stator_log_batch_flush(struct stator_log_batch *batch, int64_t now, bool force)
{
    if (stator_log_batch_waits(batch) && (force || is_due(batch, now)) && drain(batch) != 0) {
        batch->since = now;
    }
}
