/*
 * Media types by file name: a built-in table of extensions (RFC 9239 for JavaScript, the IANA
 * registry for the rest), with charset=utf-8 where the type is text.
 */
#ifndef STATOR_CONTENT_MEDIA_H
#define STATOR_CONTENT_MEDIA_H

#include "base/span.h"

/*
 * The Content-Type for a path or file name, by its last extension, any case; the empty span where
 * the name says nothing. A name that begins with its only dot (".html") has no extension. Lives:
 * forever.
 */
struct stator_span stator_media_by_name(struct stator_span name);

/* The extensions of the table in bytewise order, for index 0, 1, ...; NULL after the last. */
const char *stator_media_extension(size_t index);

/* True for types that a browser runs or renders as a document: html, xhtml, svg, xml, javascript,
 * pdf, wasm ... `type` may have parameters. Content sniffing never yields one of them. */
bool stator_media_is_active(struct stator_span type);

/* True for text types, which libmagic's guess may not override when the name says more. */
bool stator_media_is_text(struct stator_span type);

#endif
