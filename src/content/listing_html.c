/*
 * Writes a listing as a page for people.
 *
 * Knows HTML and how a link to a name is written; refuses to know where the names come from. The
 * one surprising thing: the style stands in the page and its hash in the policy, so one cannot be
 * changed without the other, and a test finds the new hash.
 */
#include "content/listing_items.h"

#include <inttypes.h>

#include "base/html.h"
#include "http/target.h"

#define STYLE                                                                                      \
    ":root{color-scheme:light dark}"                                                               \
    "body{max-width:60rem;margin:0 auto;padding:1.5rem 1rem;font:1rem/1.5 system-ui,sans-serif}"   \
    "h1{font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}"                                 \
    "table{width:100%;border-collapse:collapse}"                                                   \
    "th,td{padding:.35rem .5rem;text-align:left;font-weight:400;vertical-align:top}"               \
    "thead th{font-size:.8rem;opacity:.7}"                                                         \
    "tbody tr{border-top:1px solid #8884}"                                                         \
    "tbody tr:hover{background:#8882}"                                                             \
    "tbody th{width:100%;overflow-wrap:anywhere}"                                                  \
    "td,thead th{white-space:nowrap;font-variant-numeric:tabular-nums}"                            \
    ".n{text-align:right}"                                                                         \
    "a{color:#0550ae;text-decoration:none}"                                                        \
    "a:hover,a:focus-visible{text-decoration:underline}"                                           \
    "p{opacity:.7}"                                                                                \
    "@media(prefers-color-scheme:dark){a{color:#79b8ff}}"                                          \
    "@media(max-width:34rem){.t{display:none}}"

const struct stator_span stator_listing_csp =
    STATOR_SPAN_INIT("default-src 'none'; style-src "
                     "'sha256-UwlfFgDRbHXrnokTBLO95firF9Wgel34nYLOQPKWhIM='; img-src 'self'; "
                     "base-uri 'none'; form-action 'none'; frame-ancestors 'self'");

/* A size with at most three digits before its unit, rounded down: "12 B", "1.5 KiB", "34 MiB". */
static void add_size(struct stator_text *out, uint64_t size)
{
    static const char units[] = "KMGTPE";
    if (size < 1024) {
        stator_text_add_format(out, "%u B", (unsigned)size);
        return;
    }
    unsigned unit = 0;
    while (size >> (10 * (unit + 2)) > 0 && unit + 2 < 7) {
        unit++;
    }
    unsigned shift = 10 * (unit + 1);
    unsigned whole = (unsigned)(size >> shift);
    unsigned tenth = (unsigned)((size >> (shift - 10)) & 1023) * 10 / 1024;
    if (whole < 10) {
        stator_text_add_format(out, "%u.%u %ciB", whole, tenth, units[unit]);
    } else {
        stator_text_add_format(out, "%u %ciB", whole, units[unit]);
    }
}

/* The path as links, each relative to this page, which ends in '/'. */
static void add_breadcrumbs(struct stator_text *out, struct stator_span path)
{
    size_t depth = 0;
    for (size_t i = 1; i < path.length; i++) {
        depth += path.at[i] == '/';
    }
    size_t from = 0;
    for (size_t left = depth; from < path.length; left--) {
        size_t length = stator_span_find(stator_span_skip(path, from), '/');
        struct stator_span name = {path.at + from, length};
        stator_text_add_string(out, "<a href=\"./");
        for (size_t i = 0; i < left; i++) {
            stator_text_add_string(out, "../");
        }
        stator_text_add_string(out, left == 0 ? "\" aria-current=\"page\">" : "\">");
        stator_html_add_text(out, name);
        stator_text_add_string(out, "/</a>");
        from += length + 1;
    }
}

static void add_row(struct stator_text *out, const struct stator_listing_item *item)
{
    const char *slash = item->is_directory ? "/" : "";
    stator_text_add_string(out, "<tr><th scope=\"row\"><a href=\"./");
    stator_target_encode(out, stator_span_from(item->name));
    stator_text_add_string(out, slash);
    stator_text_add_string(out, "\"><bdi>");
    stator_html_add_text(out, stator_span_from(item->name));
    stator_text_add_string(out, slash);
    stator_text_add_string(out, "</bdi></a></th><td class=\"n\"");
    if (item->is_directory) {
        stator_text_add_string(out, ">");
    } else {
        stator_text_add_format(out, " title=\"%" PRIu64 " bytes\">", item->size);
        add_size(out, item->size);
    }
    stator_text_add_string(out, "</td><td class=\"t\"><time datetime=\"");
    stator_listing_add_timestamp(out, item->modified);
    stator_text_add_string(out, "\">");
    stator_listing_add_time(out, item->modified);
    stator_text_add_string(out, "</time></td></tr>\n");
}

static void add_table(struct stator_text *out, const struct stator_listing *listing)
{
    stator_text_add_string(out, "<table>\n<thead><tr><th scope=\"col\">Name</th>"
                                "<th scope=\"col\" class=\"n\">Size</th>"
                                "<th scope=\"col\" class=\"t\">Modified (UTC)</th></tr></thead>\n"
                                "<tbody>\n");
    if (listing->path.length > 1) {
        stator_text_add_string(out, "<tr><th scope=\"row\"><a href=\"../\">../</a></th>"
                                    "<td></td><td class=\"t\"></td></tr>\n");
    }
    for (size_t i = 0; i < listing->count; i++) {
        add_row(out, &listing->items[i]);
    }
    stator_text_add_string(out, "</tbody>\n</table>\n");
}

static void add_page(struct stator_text *out, const struct stator_listing *listing)
{
    stator_text_add_string(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                                "<meta charset=\"utf-8\">\n"
                                "<meta name=\"viewport\" content=\"width=device-width\">\n"
                                "<title>Index of ");
    stator_html_add_text(out, listing->path);
    stator_text_add_string(out, "</title>\n<style>" STYLE "</style>\n</head>\n<body>\n"
                                "<main>\n<h1>Index of ");
    add_breadcrumbs(out, listing->path);
    stator_text_add_string(out, "</h1>\n");
    add_table(out, listing);
    if (listing->total > listing->count) {
        stator_text_add_format(out, "<p>Cut: the first %zu of %zu names are shown.</p>\n",
                               listing->count, listing->total);
    } else if (listing->total == 0) {
        stator_text_add_string(out, "<p>This directory is empty.</p>\n");
    }
    stator_text_add_string(out, "</main>\n</body>\n</html>\n");
}

int stator_listing_html(int root, int fd, struct stator_span path, struct stator_text *out)
{
    return stator_listing_write(root, fd, path, add_page, out);
}
