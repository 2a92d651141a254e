/*
 * What is to be sent next, and how much of it was taken.
 *
 * Knows the order head, body, file; refuses to know who takes it. The one surprising thing: reading
 * through `pull` asks whether the file still is the version that was promised before its last bytes
 * are given away.
 */
#include "exchange/output.h"

#include <errno.h>
#include <stdlib.h>

void stator_output_init(struct stator_output *output)
{
    *output = (struct stator_output){0};
}

void stator_output_finish(struct stator_output *output)
{
    if (output != NULL) {
        free(output->kept);
        output->kept = NULL;
    }
}

void stator_output_clear(struct stator_output *output)
{
    output->head = output->body = (struct stator_span){NULL, 0};
    output->file_left = 0;
    output->more = false;
}

size_t stator_output_bytes(const struct stator_output *output, struct stator_span out[2])
{
    size_t count = 0;

    if (output->head.length > 0) {
        out[count++] = output->head;
    }
    if (output->body.length > 0) {
        out[count++] = output->body;
    }
    return count;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void stator_output_advance(struct stator_output *output, size_t count)
{
    size_t step = smaller(count, output->head.length);

    output->taken += count;
    output->head = stator_span_skip(output->head, step);
    count -= step;
    step = smaller(count, output->body.length);
    output->body = stator_span_skip(output->body, step);
    count -= step;
    output->file_offset += count;
    output->file_left -= count;
}

int stator_output_keep(struct stator_output *output)
{
    char *copy;

    if (output->head.length == 0) {
        return 0;
    }
    copy = malloc(output->head.length);
    if (copy == NULL) {
        return -ENOMEM;
    }
    memcpy(copy, output->head.at, output->head.length);
    free(output->kept);
    output->kept = copy;
    output->head.at = copy;
    return 0;
}

bool stator_output_fold(struct stator_output *output, struct stator_text *scratch)
{
    if (output->head.at != scratch->at) {
        stator_text_clear(scratch);
        stator_text_add(scratch, output->head);
    }
    stator_text_add(scratch, output->body);
    if (scratch->failed) {
        return false;
    }
    output->head = stator_text_span(scratch);
    output->body = (struct stator_span){NULL, 0};
    return true;
}

int64_t stator_output_pull(struct stator_output *output, char *buffer, size_t size)
{
    struct stator_span spans[2];
    size_t parts = stator_output_bytes(output, spans);
    size_t used = 0;

    for (size_t i = 0; i < parts; i++) {
        size_t step = smaller(spans[i].length, size - used);

        memcpy(buffer + used, spans[i].at, step);
        used += step;
    }
    stator_output_advance(output, used);

    if (used < size && output->file_left > 0) {
        size_t step = output->file_left < size - used ? (size_t)output->file_left : size - used;
        int error = stator_entry_read(output->entry, output->file_offset, step, buffer + used);

        if (error < 0) {
            return error;
        }
        if (step == output->file_left && !stator_entry_is_unchanged(output->entry)) {
            return -ESTALE;
        }
        stator_output_advance(output, step);
        used += step;
    }
    return (int64_t)used;
}
