/* Media types by name, and the kinds of type. */
#include "content/media.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(media, table_is_sorted_and_found)
{
    size_t count = 0;
    const char *previous = "";
    for (const char *at; (at = stator_media_extension(count)) != NULL; count++) {
        cr_expect_lt(strcmp(previous, at), 0, "%s stands before %s", previous, at);
        char name[32];
        snprintf(name, sizeof name, "x.%s", at);
        struct stator_span type = stator_media_by_name(stator_span_from(name));
        cr_expect_gt(type.length, 0, "%s is not found", at);
        cr_expect_lt(stator_span_find(type, '/'), type.length, "%s has no type", at);
        bool is_text = stator_span_starts(type, STATOR_SPAN("text/"));
        bool has_charset = stator_span_ends(type, STATOR_SPAN("; charset=utf-8"));
        cr_expect_eq(is_text, has_charset, "%s", at);
        previous = at;
    }
    cr_expect_geq(count, 120);
    cr_expect_null(stator_media_extension(count + 1));
}

Test(media, by_name)
{
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"index.html", "text/html; charset=utf-8"},
        {"/a/b/index.HTM", "text/html; charset=utf-8"},
        {"style.css", "text/css; charset=utf-8"},
        {"app.js", "text/javascript; charset=utf-8"},
        {"app.mjs", "text/javascript; charset=utf-8"},
        {"app.js.map", "application/json"},
        {"data.json", "application/json"},
        {"site.webmanifest", "application/manifest+json"},
        {"code.wasm", "application/wasm"},
        {"photo.avif", "image/avif"},
        {"photo.JPG", "image/jpeg"},
        {"drawing.svg", "image/svg+xml"},
        {"favicon.ico", "image/vnd.microsoft.icon"},
        {"font.woff2", "font/woff2"},
        {"README.md", "text/markdown; charset=utf-8"},
        {"page.xhtml", "application/xhtml+xml"},
        {"sound.opus", "audio/ogg"},
        {"archive.tar.gz", "application/gzip"},
        {"archive.7z", "application/x-7z-compressed"},
        {".hidden.txt", "text/plain; charset=utf-8"},
        {"README", ""},
        {"", ""},
        {".", ""},
        {"..", ""},
        {".html", ""},
        {"/a/.html", ""},
        {"name.", ""},
        {"name.html/", ""},
        {"/a.html/name", ""},
        {".well-known/x", ""},
        {"name.unknown", ""},
        {"name.htmlx", ""},
        {"name.htm ", ""},
        {"name.extension-longer-than-any", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stator_span type = stator_media_by_name(stator_span_from(rows[i].name));
        cr_expect(stator_span_equal(type, stator_span_from(rows[i].type)), "'%s': %.*s",
                  rows[i].name, (int)type.length, type.length > 0 ? type.at : "");
    }
}

Test(media, by_name_with_a_nul)
{
    struct stator_span type = stator_media_by_name(STATOR_SPAN("a.html\0x"));
    cr_expect_eq(type.length, 0);
}

Test(media, kinds)
{
    static const struct {
        const char *type;
        bool is_active;
        bool is_text;
    } rows[] = {
        {"text/html", true, true},
        {"text/html; charset=utf-8", true, true},
        {"TEXT/HTML ;x=y", true, true},
        {"application/xhtml+xml", true, true},
        {"image/svg+xml", true, true},
        {"text/xml", true, true},
        {"application/atom+xml", true, true},
        {"text/javascript", true, true},
        {"application/javascript", true, true},
        {"application/x-javascript", true, true},
        {"application/pdf", true, false},
        {"application/wasm", true, false},
        {"text/plain; charset=utf-8", false, true},
        {"text/csv", false, true},
        {"application/json", false, true},
        {"application/ld+json", false, true},
        {"image/png", false, false},
        {"application/zip", false, false},
        {"application/octet-stream; x=text/html", false, false},
        {"text/", false, false},
        {"+xml", false, false},
        {"text", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stator_span type = stator_span_from(rows[i].type);
        cr_expect_eq(stator_media_is_active(type), rows[i].is_active, "'%s'", rows[i].type);
        cr_expect_eq(stator_media_is_text(type), rows[i].is_text, "'%s'", rows[i].type);
    }
}
