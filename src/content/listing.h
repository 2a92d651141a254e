/*
 * A directory as a page for people or as JSON for programs. Sorted: directories first, then by
 * name bytewise; bounded. Whatever a request would not find is left out: dotfiles (but .well-known
 * at the top), what is neither file nor directory, and names with a control byte (00..1F, 7F),
 * which no request-target can hold, not even percent-encoded.
 */
#ifndef STATOR_CONTENT_LISTING_H
#define STATOR_CONTENT_LISTING_H

#include "base/text.h"

#define STATOR_LISTING_MAX 10000 /* names that are listed */

/* The page's own Content-Security-Policy: it has one inline style and no script. */
extern const struct stator_span stator_listing_csp;

/*
 * Reads the directory `fd` (a descriptor opened for reading; its position is not kept) and adds the
 * listing to `out`. `path` is the decoded path of the directory, with a '/' at its end, for the
 * title, the breadcrumbs and a link to the parent (none at "/"). Names are escaped for HTML in
 * text, and percent-encoded and relative ("./" before a name, so that "a:b" is no scheme) in links.
 * A symbolic link is listed as what it leads to, if that lies beneath `root`. Names that are not
 * UTF-8 are shown with U+FFFD and linked by their bytes. More than STATOR_LISTING_MAX names: the
 * listing says that it was cut and how many there are. The memory it takes is bounded by the names
 * listed, and so are the files it looks at where the system tells the types with the names; then a
 * name that is counted only may be gone by now.
 * Fails: -errno (out->failed: -ENOMEM); what was added must be thrown away.
 */
int stator_listing_html(int root, int fd, struct stator_span path, struct stator_text *out);

/*
 * The same as JSON: {"path":"/a/","truncated":false,"entries":[{"name":"b","type":"directory",
 * "modified":"2026-11-21T10:00:00Z"},{"name":"c.txt","type":"file","size":12,"modified":...}]}.
 */
int stator_listing_json(int root, int fd, struct stator_span path, struct stator_text *out);

#endif
