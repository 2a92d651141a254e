/* Text in HTML: HTML Living Standard 13.1. */
#ifndef STATOR_BASE_HTML_H
#define STATOR_BASE_HTML_H

#include "base/text.h"

/*
 * Adds `value` so that it reads as it is, between tags or within a quoted attribute. It has no
 * control bytes but the white ones; what is no UTF-8 is U+FFFD, as in utf8.h.
 */
void stator_html_add_text(struct stator_text *out, struct stator_span value);

#endif
