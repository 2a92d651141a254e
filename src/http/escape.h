/* Percent-encoding: RFC 3986 2.1. */
#ifndef STATOR_HTTP_ESCAPE_H
#define STATOR_HTTP_ESCAPE_H

#include "base/text.h"

/*
 * The byte, 0 to 255, that the three characters at the start of `text`, which begins with '%',
 * stand for; -1 if they stand for none, or for a control byte, which never passes.
 */
int stator_escape_decode(struct stator_span text);

/* Adds `c` as '%' and two digits, in upper case as RFC 3986 6.2.2.1 has it. */
void stator_escape_add(struct stator_text *out, char c);

#endif
