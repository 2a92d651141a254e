/*
 * The request-target: RFC 9112 3.2, and what its path means: RFC 3986 5.2.4 and 6.2.2.
 *
 * The one surprising thing: decoding comes first, dot segments go second, so "%2e%2e%2f" is a dot
 * segment too and nothing below ever sees one. Empty segments are merged ("//a" is "/a").
 */
#ifndef STATOR_HTTP_TARGET_H
#define STATOR_HTTP_TARGET_H

#include "base/text.h"
#include "http/method.h"
#include "http/status.h"

enum stator_target_form {
    STATOR_TARGET_FORM_ORIGIN,    /* /path?query */
    STATOR_TARGET_FORM_ABSOLUTE,  /* http://authority/path?query */
    STATOR_TARGET_FORM_AUTHORITY, /* host:port, for CONNECT alone */
    STATOR_TARGET_FORM_ASTERISK,  /* *, for OPTIONS alone */
};

struct stator_target {
    enum stator_target_form form;
    struct stator_span authority; /* of the absolute and authority forms */
    struct stator_span path;  /* as sent, still encoded: begins with '/', but is "*" for ASTERISK
                                 and empty for AUTHORITY */
    struct stator_span query; /* with its '?'; empty where there is none */
};

/* Splits `text`, as it stands in the request line. Fails: 400, `out` untouched. */
enum stator_status stator_target_parse(enum stator_method method, struct stator_span text,
                                       struct stator_target *out);

/*
 * Decodes and normalizes a path, as stator_target_parse found it, into `buffer`, which holds at
 * least encoded.length bytes. `*out` begins with '/', has no dot or empty segments, and may end in
 * '/' ("/a/." is "/a/"); it is `encoded` itself where nothing had to change.
 * Fails: 400 for a bad escape, or one that gives a control byte; `out` untouched.
 */
enum stator_status stator_target_normalize(struct stator_span encoded, char *buffer,
                                           struct stator_span *out);

/*
 * Adds a decoded path, or a part of one, in the form in which this server writes it wherever it
 * names a path itself: what may stand in a path (RFC 3986 3.3) stands as it is, but for '&' and
 * "'", so that the result may also stand between quotes in HTML; all else is percent-encoded in
 * upper case. Whatever the bytes, normalizing the result gives them back, but for control bytes,
 * which no request may name.
 */
void stator_target_encode(struct stator_text *out, struct stator_span path);

/*
 * Adds a query as it was sent, but for what browsers send although no URI may hold it (RFC 3986
 * 3.4), such as '"', '<' and '|': that is percent-encoded.
 */
void stator_target_encode_query(struct stator_text *out, struct stator_span query);

#endif
