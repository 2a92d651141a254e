/*
 * A response as it comes: RFC 9112, read for its end alone. Bytes in, whether it is complete, and
 * what of it can be verified.
 *
 * Lenient where nothing is at stake (a bare LF ends a line), strict where two readers could find
 * two ends: it is then broken. The result depends on the bytes alone, never on how they were cut.
 */
#ifndef STATOR_LAB_LOAD_RESPONSE_H
#define STATOR_LAB_LOAD_RESPONSE_H

#include "http/chunked.h"

/* No more of a line is looked at; one that matters is not as long. */
#define STATOR_LOAD_QUEUE_MAX 160

/* What a head may have. */
#define STATOR_LOAD_HEAD_MAX 65536

struct stator_load_response {
    /* For whoever reads it when it is complete. */
    int status;
    bool close;      /* the server will close the connection after it */
    uint64_t length; /* bytes of the body so far */
    uint64_t sum;    /* their checksum where it was asked for */

    /* The parser's own. */
    int state;
    bool checked;        /* makes `sum` */
    bool sized, chunked; /* by Content-Length, by Transfer-Encoding */
    uint64_t left;       /* of the body, by Content-Length */
    uint32_t head;       /* bytes of the head so far */
    uint32_t kept;       /* bytes of a line whose end has not come; its start stands in `line` */
    struct stator_chunked chunks;
    char line[STATOR_LOAD_QUEUE_MAX];
};

/* Gets ready for the next response; `checked` makes its checksum. */
void stator_load_response_init(struct stator_load_response *response, bool checked);

/*
 * Takes what belongs to the response off `*in`. DONE: it is complete, `*in` begins with what
 * follows. FAILED: it is no response. Both last until stator_load_response_init.
 */
enum stator_parse stator_load_response_feed(struct stator_load_response *response,
                                            struct stator_span *in);

/* The connection has ended. DONE: that was the body's end; else the response was cut. */
enum stator_parse stator_load_response_end(struct stator_load_response *response);

#endif
