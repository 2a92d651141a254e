/*
 * Answers: the client's side of RFC 9112, as far as a test needs it. Reads one answer off the bytes
 * that came, and finds what no answer of an origin server may have, whatever was asked.
 */
#ifndef STATOR_WIRE_ANSWER_H
#define STATOR_WIRE_ANSWER_H

#include "base/text.h"

#define WIRE_FIELDS_MAX 64

struct wire_field {
    struct stator_span name;
    struct stator_span value;
};

struct wire_answer {
    struct stator_span status_line;
    int status;
    bool to_head;
    size_t field_count;
    struct wire_field fields[WIRE_FIELDS_MAX];
    struct stator_span body;
    size_t length; /* of all of it */
};

enum wire_read {
    WIRE_READ_MORE,
    WIRE_READ_DONE,
    WIRE_READ_BAD, /* `why` says what is wrong with the bytes */
};

/*
 * Reads the answer that `bytes` begin with; `to_head` says that HEAD was asked. Spans of `out`
 * stand in `bytes`.
 */
enum wire_read wire_answer_read(struct stator_span bytes, bool to_head, struct wire_answer *out,
                                struct stator_text *why);

/* The value of the first field of that name; at == NULL where there is none. */
struct stator_span wire_answer_field(const struct wire_answer *answer, const char *name);

/* Status line, fields and empty line. */
struct stator_span wire_answer_head(const struct wire_answer *answer);

/* True where the server said that it closes the connection after this answer. */
bool wire_answer_closes(const struct wire_answer *answer);

/*
 * What holds for every answer of an origin server that has a clock. `server` says whether it names
 * itself. Fails: false; `why` says each rule that is broken.
 */
bool wire_answer_check(const struct wire_answer *answer, bool server, struct stator_text *why);

#endif
