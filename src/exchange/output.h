/*
 * An output: what is to be sent next, as "these bytes, then those that stand in an entry, then this
 * stretch of an entry's file". Whoever drains it moves it forward; empty means all was taken.
 *
 * Knows nothing of sockets. `head` is owned; `entry` is borrowed from the response that the output
 * was made of, which outlives it.
 */
#ifndef STATOR_EXCHANGE_OUTPUT_H
#define STATOR_EXCHANGE_OUTPUT_H

#include "base/text.h"
#include "content/entry.h"

struct stator_output {
    struct stator_text head;
    size_t head_sent;
    struct stator_span body; /* what is left of it */
    const struct stator_entry *entry;
    uint64_t file_offset;
    uint64_t file_left;
    bool more;      /* more output follows at once: the system may wait for it (MSG_MORE) */
    uint64_t taken; /* bytes drained since the output was made */
    uint64_t
        queued; /* of them, those that the peer had not acknowledged when the driver last asked */
};

/* An empty output. */
void stator_output_init(struct stator_output *output);
void stator_output_finish(struct stator_output *output);

static inline bool stator_output_is_empty(const struct stator_output *output)
{
    return output->head_sent == output->head.length && output->body.length == 0 &&
           output->file_left == 0;
}

/* The bytes in memory that go first: up to two spans, head and body. Returns how many. */
size_t stator_output_bytes(const struct stator_output *output, struct stator_span out[2]);

/* Takes note that `count` bytes were sent; they may reach over head and body into the file. */
void stator_output_advance(struct stator_output *output, size_t count);

/*
 * Copies up to `size` bytes into `buffer` and takes them off: for where bytes must pass through us.
 * Returns: how many (0 when empty), or -errno: -ESTALE when the file changed; the connection must
 * be cut.
 */
int64_t stator_output_pull(struct stator_output *output, char *buffer, size_t size);

#endif
