/*
 * Scripts: files of conversations, taken apart into steps. README.md says how they are written.
 * Spans stand in the script's own bytes and live as long as it does.
 */
#ifndef STATOR_WIRE_SCRIPT_H
#define STATOR_WIRE_SCRIPT_H

#include "base/text.h"

/* One line that says something: "< ETag: x" has the mark "<" and the text "ETag: x". */
struct wire_line {
    unsigned number;
    struct stator_span mark;
    struct stator_span text;
};

enum wire_step_kind {
    WIRE_STEP_KIND_SEND,    /* `lines` are sent */
    WIRE_STEP_KIND_EOF,     /* the client sends no more */
    WIRE_STEP_KIND_ANSWER,  /* `lines` are an answer: status line, fields, body */
    WIRE_STEP_KIND_SILENCE, /* the server says nothing */
    WIRE_STEP_KIND_CLOSE,   /* the server closes, in order */
    WIRE_STEP_KIND_CUT,     /* the server ends the connection within an answer */
    WIRE_STEP_KIND_PASS,    /* `number` ms pass */
    WIRE_STEP_KIND_READING, /* the client reads (`number` 1) or stops reading (0) */
    WIRE_STEP_KIND_CHANGE,  /* `words` say what happens to which file */
};

struct wire_step {
    enum wire_step_kind kind;
    unsigned line;
    const struct wire_line *lines;
    size_t line_count;
    int64_t number;
    struct stator_span words[3];
};

struct wire_conversation {
    const char *path; /* of its script */
    unsigned line;
    struct stator_span comment; /* "RFC 9110 14.2 - what is shown" */
    struct stator_span site;    /* which site it is about; empty for "plain" */
    bool young;                 /* no time has passed since the newest file was written */
    bool unprivileged;          /* only a user without privileges sees it */
    bool changes;               /* files change while it goes on */
    bool memory_only;           /* needs a clock or a disk that obey: not over sockets */
    bool as_head;               /* every GET in it can be a HEAD */
    const struct wire_step *steps;
    size_t step_count;
};

struct wire_script {
    char *path;
    struct stator_text bytes;
    struct wire_line *lines;
    struct wire_step *steps;
    struct wire_conversation *conversations;
    size_t line_count, step_count, conversation_count;
};

/*
 * Reads a script from a file, or from `source`, which is copied. Owns: the caller finishes `out`.
 * Fails: false; `error` says where and why, and there is nothing to finish.
 */
bool wire_script_open(const char *path, struct wire_script *out, struct stator_text *error);
bool wire_script_parse(const char *path, struct stator_span source, struct wire_script *out,
                       struct stator_text *error);
void wire_script_finish(struct wire_script *script);

/* The method of a line that is a request line, else the empty span. */
struct stator_span wire_line_method(const struct wire_line *line);

/* True if the line has that mark. */
bool wire_line_is(const struct wire_line *line, const char *mark);

#endif
