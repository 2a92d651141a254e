/* Media types by content: what is recognized, and what is never believed. */
#include "content/magic.h"

#include "content/media.h"
#include "tree.h"

struct row {
    const char *label;
    struct stator_span bytes;
    const char *type;
};

/* The type of a file with these bytes, in `out`. */
static void ask(struct stator_magic *magic, struct stator_span bytes, struct stator_text *out)
{
    struct tree tree;
    tree_open(&tree);
    tree_write_bytes(&tree, "file", bytes.at, bytes.length);
    int fd = openat(tree.root, "file", O_RDONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    stator_text_clear(out);
    stator_magic_type(magic, fd, out);
    cr_expect_not(out->failed);
    cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0, "the position stays");
    close(fd);
    tree_close(&tree);
}

Test(magic, types)
{
    static const struct row rows[] = {
        {"an empty file", STATOR_SPAN_INIT(""), ""},
        {"ASCII", STATOR_SPAN_INIT("Hello, this is a note.\n"), "text/plain; charset=utf-8"},
        {"UTF-8", STATOR_SPAN_INIT("Gr\xC3\xBC\xC3\x9F Gott, sch\xC3\xB6n\n"),
         "text/plain; charset=utf-8"},
        {"Latin-1 has no charset", STATOR_SPAN_INIT("Gr\xFC\xDF Gott, sch\xF6n, \xE4 \xE4\n"),
         "text/plain"},
        {"HTML is text", STATOR_SPAN_INIT("<!DOCTYPE html><html><body><script>x</script></body>\n"),
         "text/plain; charset=utf-8"},
        {"SVG is text",
         STATOR_SPAN_INIT("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"),
         "text/plain; charset=utf-8"},
        {"XML is text", STATOR_SPAN_INIT("<?xml version=\"1.0\"?><a/>\n"),
         "text/plain; charset=utf-8"},
        {"a PDF is not named", STATOR_SPAN_INIT("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n"), ""},
        {"PNG",
         STATOR_SPAN_INIT(
             "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1F\x15\xC4"),
         "image/png"},
        {"GIF", STATOR_SPAN_INIT("GIF89a\x01\0\x01\0\x80\0\0\0\0\0"), "image/gif"},
        {"gzip", STATOR_SPAN_INIT("\x1F\x8B\x08\0\0\0\0\0\0\x03\x4B\x04\0"), "application/gzip"},
        {"JSON", STATOR_SPAN_INIT("{\"a\": [1, 2, 3], \"b\": null}\n"), "application/json"},
        {"commas are not CSV", STATOR_SPAN_INIT("a,b,c\n1,2,3\n4,5,6\n7,8,9\n1,2,3\n"),
         "text/plain; charset=utf-8"},
        {"noise", STATOR_SPAN_INIT("\x01\xFE\x02\xFD\x80\x81\x03\xFC\0\x04\xFB"), ""},
    };
    struct stator_magic *magic;
    cr_assert_eq(stator_magic_create(&magic), 0);
    struct stator_text type = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask(magic, rows[i].bytes, &type);
        cr_expect(stator_span_equal(stator_text_span(&type), stator_span_from(rows[i].type)),
                  "%s: %.*s", rows[i].label, (int)type.length, type.length > 0 ? type.at : "");
        cr_expect_not(stator_media_is_active(stator_text_span(&type)), "%s", rows[i].label);
    }
    stator_text_finish(&type);
    stator_magic_destroy(magic);
}

Test(magic, looks_at_the_start_alone)
{
    static char bytes[STATOR_MAGIC_BYTES + 4096];
    memset(bytes, 'a', sizeof bytes);
    for (size_t i = 63; i < sizeof bytes; i += 64) {
        bytes[i] = '\n';
    }
    memset(bytes + STATOR_MAGIC_BYTES, 0xFF, sizeof bytes - STATOR_MAGIC_BYTES);
    struct stator_magic *magic;
    cr_assert_eq(stator_magic_create(&magic), 0);
    struct stator_text type = {0};
    ask(magic, (struct stator_span){bytes, sizeof bytes}, &type);
    cr_expect(stator_span_equal(stator_text_span(&type), STATOR_SPAN("text/plain; charset=utf-8")));
    stator_text_finish(&type);
    stator_magic_destroy(magic);
}

Test(magic, adds_nothing_for_what_cannot_be_read)
{
    struct stator_magic *magic;
    cr_assert_eq(stator_magic_create(&magic), 0);
    struct stator_text type = {0};
    stator_magic_type(magic, -1, &type);
    cr_expect_eq(type.length, 0);
    stator_magic_destroy(magic);
    stator_magic_destroy(NULL);
}

Test(magic, fails_without_its_database)
{
    cr_assert_eq(setenv("MAGIC", "/nonexistent/magic", 1), 0);
    struct stator_magic *magic = NULL;
    size_t before = count_open_files();
    cr_expect_eq(stator_magic_create(&magic), -ENOENT);
    cr_expect_null(magic);
    cr_expect_eq(count_open_files(), before);
}
