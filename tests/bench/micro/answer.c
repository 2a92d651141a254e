/* Compares an output with what it should be; takes nothing off it. */
#include "answer.h"

#define ROOM 65536

static bool holds(struct stator_span text, const char *piece)
{
    return memmem(text.at, text.length, piece, strlen(piece)) != NULL;
}

/* Takes the head of an answer off `*bytes`. Fails: false where there is none like that. */
static bool take_head(const struct answer *answer, struct stator_span *bytes)
{
    static const struct stator_span end = STATOR_SPAN_INIT("\r\n\r\n");
    const char *hit = memmem(bytes->at, bytes->length, end.at, end.length);
    struct stator_span head;

    if (hit == NULL) {
        return false;
    }
    head = stator_span_first(*bytes, (size_t)(hit - bytes->at) + end.length);
    *bytes = stator_span_skip(*bytes, head.length);
    return stator_span_starts(head, stator_span_from(answer->line)) && holds(head, answer->field);
}

static bool take_body(const struct answer *answer, struct stator_span *bytes)
{
    struct stator_span body;

    if (bytes->length < answer->bytes) {
        return false;
    }
    body = stator_span_first(*bytes, answer->bytes);
    *bytes = stator_span_skip(*bytes, answer->bytes);
    return site_is_body(body);
}

static bool is_right(const struct answer *answer, struct stator_span bytes)
{
    bool right = bytes.length > 0;

    while (right && bytes.length > 0) {
        right = take_head(answer, &bytes);
        if (right && answer->page != NULL) {
            return stator_span_ends(bytes, stator_span_from(answer->page));
        }
        right = right && take_body(answer, &bytes);
    }
    return right;
}

bool answer_is_in(const struct answer *answer, const struct stator_output *output)
{
    struct stator_output copy = *output;
    struct stator_text bytes = {0};
    char *room = stator_text_reserve(&bytes, ROOM);
    bool right = false;

    if (room != NULL) {
        int64_t count = stator_output_pull(&copy, room, ROOM);

        bytes.length = count > 0 ? (size_t)count : 0;
        right = is_right(answer, stator_text_span(&bytes));
    }
    stator_text_finish(&bytes);
    return right;
}
