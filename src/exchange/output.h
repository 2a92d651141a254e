/*
 * An output: what is to be sent next, as "this head, then those bytes of an entry, then this
 * stretch of its file". Whoever drains it moves it forward; empty means all was taken.
 *
 * Knows nothing of sockets. All bytes are borrowed: the head from the worker's scratch, good until
 * the worker turns to another connection (stator_output_keep makes a copy that lasts), the rest
 * from the response that the output was made of, which outlives it.
 */
#ifndef STATOR_EXCHANGE_OUTPUT_H
#define STATOR_EXCHANGE_OUTPUT_H

#include "base/text.h"
#include "content/entry.h"

struct stator_output {
    struct stator_span head; /* what is left of it */
    struct stator_span body; /* the same */
    const struct stator_entry *entry;
    uint64_t file_offset;
    uint64_t file_left;
    bool current;    /* the file was found unchanged just now: a drain need not ask again */
    bool last;       /* the connection's end follows at once: the system may send it along */
    bool more;       /* more output follows at once: the system may wait for it (MSG_MORE) */
    uint64_t taken;  /* bytes drained since the output was made */
    uint64_t queued; /* of them, those not acknowledged by the peer when the driver last asked */
    char *kept;      /* owned: where `head` stands after stator_output_keep */
};

/* An empty output. */
void stator_output_init(struct stator_output *output);
void stator_output_finish(struct stator_output *output);

static inline bool stator_output_is_empty(const struct stator_output *output)
{
    return output->head.length == 0 && output->body.length == 0 && output->file_left == 0;
}

/* Bytes that are left, all together. */
static inline uint64_t stator_output_length(const struct stator_output *output)
{
    return output->head.length + output->body.length + output->file_left;
}

/* Of them, those that stand in memory; they go first. */
static inline uint64_t stator_output_memory(const struct stator_output *output)
{
    return output->head.length + output->body.length;
}

/* Forgets what is left. */
void stator_output_clear(struct stator_output *output);

/* The bytes in memory that go first: up to two spans, head and body. Returns how many. */
size_t stator_output_bytes(const struct stator_output *output, struct stator_span out[2]);

/* Takes note that `count` bytes were sent; they may reach over head and body into the file. */
void stator_output_advance(struct stator_output *output, size_t count);

/* Makes the head last as long as the output. Fails: -ENOMEM; the output is then of no use. */
int stator_output_keep(struct stator_output *output);

/*
 * Moves head and body into `scratch`, which from then on is the head, so that another response can
 * follow in the same output. `scratch` is cleared first, unless the head stands in it already.
 * Fails: false when memory is out; the output is as before.
 */
bool stator_output_fold(struct stator_output *output, struct stator_text *scratch);

/*
 * Copies up to `size` bytes into `buffer` and takes them off: for where bytes must pass through us.
 * Returns: how many (0 when empty), or -errno: -ESTALE when the file changed; the connection must
 * be cut.
 */
int64_t stator_output_pull(struct stator_output *output, char *buffer, size_t size);

#endif
