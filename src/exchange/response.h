/*
 * A response: what the policy decided, before any byte of it is written.
 */
#ifndef STATOR_EXCHANGE_RESPONSE_H
#define STATOR_EXCHANGE_RESPONSE_H

#include "base/text.h"
#include "content/entry.h"
#include "http/range.h"
#include "http/status.h"

enum stator_response_body {
    STATOR_RESPONSE_BODY_NONE, /* none, and no Content-Length unless the status has one by itself */
    STATOR_RESPONSE_BODY_ENTRY,   /* the whole entry */
    STATOR_RESPONSE_BODY_RANGE,   /* `range` of it */
    STATOR_RESPONSE_BODY_PARTS,   /* all of `ranges`, as multipart/byteranges */
    STATOR_RESPONSE_BODY_TEXT,    /* `text` */
    STATOR_RESPONSE_BODY_PROBLEM, /* the page of `status` */
};

struct stator_response {
    enum stator_status status;
    bool head_only;     /* HEAD: everything but the body */
    bool close;         /* ends the connection: Connection: close */
    bool keep_alive_10; /* say so to an HTTP/1.0 client, who would not expect it */
    enum stator_response_body body;

    struct stator_entry *entry; /* referenced; NULL where none is concerned */
    bool current;               /* the entry was looked at in this very step */
    struct stator_span type;    /* Content-Type of `text` or the page */
    struct stator_text text;    /* a listing; owned */
    bool html;                  /* PROBLEM: as HTML, not as text */
    struct stator_span limits;  /* Content-Security-Policy; empty for none */
    struct stator_text location;
    bool allow;       /* send Allow */
    bool vary_accept; /* the body was chosen by Accept */
    bool unsatisfied; /* Content-Range: bytes [*]/length: 416 */

    struct stator_range range;       /* RANGE */
    struct stator_range_set *ranges; /* owned; NULL unless body is PARTS */
    char boundary[33];               /* PARTS; NUL-terminated */

    size_t piece;       /* how many pieces were emitted */
    size_t head_length; /* bytes of the head, once it was emitted */
};

void stator_response_init(struct stator_response *response);

/* Gives everything it holds back; the response is as after init. */
void stator_response_finish(struct stator_response *response);

#endif
