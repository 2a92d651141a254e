/* Listings: what is in them, in which order, and that nothing breaks out of them. */
#include "content/listing.h"

#include "tree.h"

/* SHA-256 (FIPS 180-4), to find the style's hash anew. */
static const uint32_t sha_words[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t word, unsigned count)
{
    return word >> count | word << (32 - count);
}

static void sha_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    for (size_t i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (size_t i = 16; i < 64; i++) {
        uint32_t a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    uint32_t v[8];
    memcpy(v, state, sizeof v);
    for (size_t i = 0; i < 64; i++) {
        uint32_t high = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t one = v[7] + high + ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha_words[i] + w[i];
        uint32_t two = low + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += one;
        v[0] = one + two;
    }
    for (size_t i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

static void sha_256(struct stator_span text, unsigned char out[32])
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    static unsigned char padded[8192];
    size_t length = (text.length + 9 + 63) / 64 * 64;
    cr_assert_leq(length, sizeof padded);
    memset(padded, 0, sizeof padded);
    memcpy(padded, text.at, text.length);
    padded[text.length] = 0x80;
    for (size_t i = 0; i < 8; i++) {
        padded[length - 1 - i] = (unsigned char)((uint64_t)text.length * 8 >> (8 * i));
    }
    for (size_t i = 0; i < length; i += 64) {
        sha_block(state, padded + i);
    }
    for (size_t i = 0; i < 32; i++) {
        out[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

/* RFC 4648 4, for the 32 bytes of a hash. */
static void base64(const unsigned char hash[32], char out[45])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[33] = {0};
    memcpy(bytes, hash, 32);
    for (size_t i = 0; i < 11; i++) {
        const unsigned char *at = bytes + 3 * i;
        uint32_t word = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        for (size_t j = 0; j < 4; j++) {
            out[4 * i + j] = digits[word >> (18 - 6 * j) & 63];
        }
    }
    out[43] = '=';
    out[44] = '\0';
}

typedef int list_fn(int root, int fd, struct stator_span path, struct stator_text *out);

/* Lists the directory `path` ("/a/") of the tree into `out`, NUL-terminated; returns what it gave.
 */
static int list(const struct tree *tree, const char *path, list_fn *function,
                struct stator_text *out)
{
    int fd = stator_root_open_beneath(tree->root, path[1] != '\0' ? path + 1 : ".");
    cr_assert_geq(fd, 0);
    size_t before = count_open_files();
    stator_text_clear(out);
    int error = function(tree->root, fd, stator_span_from(path), out);
    stator_text_add_char(out, '\0');
    cr_expect_eq(count_open_files(), before, "%s leaks", path);
    close(fd);
    return error;
}

static void expect_json(const struct tree *tree, const char *path, const char *json)
{
    struct stator_text text = {0};
    cr_expect_eq(list(tree, path, stator_listing_json, &text), 0);
    cr_expect_str_eq(text.at, json, "%s: %s", path, text.at);
    stator_text_finish(&text);
}

static void expect_html(const struct tree *tree, const char *path, const char *part, bool is_there)
{
    struct stator_text text = {0};
    cr_expect_eq(list(tree, path, stator_listing_html, &text), 0);
    cr_expect_eq(strstr(text.at, part) != NULL, is_there, "%s: %s in %s", path, part, text.at);
    stator_text_finish(&text);
}

static void write_at(const struct tree *tree, const char *name, const char *bytes)
{
    tree_write(tree, name, bytes);
    tree_set_time(tree, name, 784111777);
}

static void directory_at(const struct tree *tree, const char *name)
{
    tree_directory(tree, name);
    tree_set_time(tree, name, 784111777);
}

#define TIME "\"modified\":\"1994-11-06T08:49:37Z\""

Test(listing, json)
{
    struct tree tree;
    tree_open(&tree);
    tree_directory(&tree, "a");
    expect_json(&tree, "/a/", "{\"path\":\"/a/\",\"truncated\":false,\"entries\":[]}\n");
    write_at(&tree, "a/b.txt", "twelve bytes");
    write_at(&tree, "a/B.txt", "");
    write_at(&tree, "a/10", "x");
    directory_at(&tree, "a/z");
    directory_at(&tree, "a/y");
    expect_json(&tree, "/a/",
                "{\"path\":\"/a/\",\"truncated\":false,\"entries\":["
                "{\"name\":\"y\",\"type\":\"directory\"," TIME "},"
                "{\"name\":\"z\",\"type\":\"directory\"," TIME "},"
                "{\"name\":\"10\",\"type\":\"file\",\"size\":1," TIME "},"
                "{\"name\":\"B.txt\",\"type\":\"file\",\"size\":0," TIME "},"
                "{\"name\":\"b.txt\",\"type\":\"file\",\"size\":12," TIME "}]}\n");
    tree_close(&tree);
}

Test(listing, json_is_valid_whatever_the_names)
{
    static const struct {
        const char *label;
        const char *name;
        const char *shown;
    } rows[] = {
        {"quote and backslash", "a\"b\\c", "a\\\"b\\\\c"},
        {"two, three and four bytes", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80",
         "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
        {"the first and last of each length",
         "\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF",
         "\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF"},
        {"Latin-1", "\xE9t\xE9", "\xEF\xBF\xBDt\xEF\xBF\xBD"},
        {"cut short", "a\xE2\x82", "a\xEF\xBF\xBD"},
        {"overlong", "\xC0\xAF\xE0\x80\xAF",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"a surrogate", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"past the end", "\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"no first byte", "\x80\xFF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tree tree;
        tree_open(&tree);
        write_at(&tree, rows[i].name, "");
        char json[256];
        snprintf(json, sizeof json,
                 "{\"path\":\"/\",\"truncated\":false,\"entries\":["
                 "{\"name\":\"%s\",\"type\":\"file\",\"size\":0," TIME "}]}\n",
                 rows[i].shown);
        expect_json(&tree, "/", json);
        tree_close(&tree);
    }
}

Test(listing, html_escapes_names_and_encodes_links)
{
    static const struct {
        const char *name;
        const char *part;
    } rows[] = {
        {"plain-1.2_3~", "<a href=\"./plain-1.2_3~\"><bdi>plain-1.2_3~</bdi></a>"},
        {"<b>&\"'", "<a href=\"./%3Cb%3E%26%22%27\"><bdi>&lt;b&gt;&amp;&quot;&#39;</bdi></a>"},
        {"javascript:x", "<a href=\"./javascript:x\"><bdi>javascript:x</bdi></a>"},
        {"@a&amp;+b", "<a href=\"./@a%26amp;+b\"><bdi>@a&amp;amp;+b</bdi></a>"},
        {"a b?c#d%e", "<a href=\"./a%20b%3Fc%23d%25e\"><bdi>a b?c#d%e</bdi></a>"},
        {"\xC3\xA9", "<a href=\"./%C3%A9\"><bdi>\xC3\xA9</bdi></a>"},
        {"\xE9", "<a href=\"./%E9\"><bdi>\xEF\xBF\xBD</bdi></a>"},
    };
    struct tree tree;
    tree_open(&tree);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_at(&tree, rows[i].name, "");
        expect_html(&tree, "/", rows[i].part, true);
    }
    expect_html(&tree, "/", "<b>", false);
    directory_at(&tree, "dir");
    expect_html(&tree, "/", "<a href=\"./dir/\"><bdi>dir/</bdi></a></th><td class=\"n\"></td>",
                true);
    tree_close(&tree);
}

Test(listing, html_shows_sizes_and_times)
{
    static const struct {
        off_t size;
        const char *part;
    } rows[] = {
        {0, " title=\"0 bytes\">0 B</td>"},
        {1023, " title=\"1023 bytes\">1023 B</td>"},
        {1024, " title=\"1024 bytes\">1.0 KiB</td>"},
        {1536, " title=\"1536 bytes\">1.5 KiB</td>"},
        {10239, " title=\"10239 bytes\">9.9 KiB</td>"},
        {10240, " title=\"10240 bytes\">10 KiB</td>"},
        {1048575, " title=\"1048575 bytes\">1023 KiB</td>"},
        {1048576, " title=\"1048576 bytes\">1.0 MiB</td>"},
        {5368709120, " title=\"5368709120 bytes\">5.0 GiB</td>"},
    };
    struct tree tree;
    tree_open(&tree);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tree_resize(&tree, "file", rows[i].size);
        tree_set_time(&tree, "file", 784111777);
        expect_html(&tree, "/", rows[i].part, true);
    }
    expect_html(&tree, "/", "<time datetime=\"1994-11-06T08:49:37Z\">1994-11-06 08:49</time>",
                true);
    tree_close(&tree);
}

Test(listing, html_leads_up)
{
    struct tree tree;
    tree_open(&tree);
    tree_directory(&tree, "a");
    tree_directory(&tree, "a/<b>");
    expect_html(&tree, "/", "<a href=\"../\">../</a>", false);
    expect_html(&tree, "/", "<h1>Index of <a href=\"./\" aria-current=\"page\">/</a></h1>", true);
    expect_html(&tree, "/a/<b>/", "<th scope=\"row\"><a href=\"../\">../</a>", true);
    expect_html(&tree, "/a/<b>/", "<title>Index of /a/&lt;b&gt;/</title>", true);
    expect_html(&tree, "/a/<b>/",
                "<h1>Index of <a href=\"./../../\">/</a><a href=\"./../\">a/</a>"
                "<a href=\"./\" aria-current=\"page\">&lt;b&gt;/</a></h1>",
                true);
    expect_html(&tree, "/a/<b>/", "<p>This directory is empty.</p>", true);
    expect_html(&tree, "/a/", "<p>This directory is empty.</p>", false);
    tree_close(&tree);
}

Test(listing, leaves_out_what_is_not_served)
{
    struct tree tree;
    tree_open(&tree);
    directory_at(&tree, "d");
    static const char *const tops[] = {"", "d/"};
    for (size_t i = 0; i < 2; i++) {
        static const char *const files[] = {".secret", ".well-knownx", "a"};
        char name[64];
        for (size_t j = 0; j < 3; j++) {
            snprintf(name, sizeof name, "%s%s", tops[i], files[j]);
            write_at(&tree, name, "");
        }
        snprintf(name, sizeof name, "%s.well-known", tops[i]);
        directory_at(&tree, name);
        snprintf(name, sizeof name, "%sfifo", tops[i]);
        cr_assert_eq(mkfifoat(tree.root, name, 0644), 0);
    }
    tree_set_time(&tree, "d", 784111777);
    expect_json(&tree, "/d/",
                "{\"path\":\"/d/\",\"truncated\":false,\"entries\":["
                "{\"name\":\"a\",\"type\":\"file\",\"size\":0," TIME "}]}\n");
    expect_json(&tree, "/",
                "{\"path\":\"/\",\"truncated\":false,\"entries\":["
                "{\"name\":\".well-known\",\"type\":\"directory\"," TIME "},"
                "{\"name\":\"d\",\"type\":\"directory\"," TIME "},"
                "{\"name\":\"a\",\"type\":\"file\",\"size\":0," TIME "}]}\n");
    tree_close(&tree);
}

Test(listing, leaves_out_what_no_request_can_name)
{
    static const char *const names[] = {"\x01", "a\tb", "a\nb", "\x1F", "a\x7F", "\x7F.txt"};
    struct tree tree;
    tree_open(&tree);
    write_at(&tree, "\x80 \x7E", "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[64];
        write_at(&tree, names[i], "");
        snprintf(name, sizeof name, "directory %s", names[i]);
        directory_at(&tree, name);
        snprintf(name, sizeof name, "link %s", names[i]);
        tree_link(&tree, name, "\x80 \x7E");
    }
    expect_json(&tree, "/",
                "{\"path\":\"/\",\"truncated\":false,\"entries\":["
                "{\"name\":\"\xEF\xBF\xBD ~\",\"type\":\"file\",\"size\":0," TIME "}]}\n");
    expect_html(&tree, "/", "<a href=\"./%80%20~\">", true);
    expect_html(&tree, "/", "directory", false);
    expect_html(&tree, "/", "link", false);
    tree_close(&tree);
}

Test(listing, leaves_out_what_makes_a_path_too_long)
{
    static char path[4091] = "/";
    memset(path + 1, 'x', sizeof path - 3);
    path[sizeof path - 2] = '/';
    struct tree tree;
    tree_open(&tree);
    write_at(&tree, "123456", "");
    write_at(&tree, "1234567", "");
    tree_link(&tree, "_1234567", "123456");
    struct stator_text text = {0};
    cr_expect_eq(stator_listing_json(tree.root, tree.root, stator_span_from(path), &text), 0);
    stator_text_add_char(&text, '\0');
    cr_expect_not_null(strstr(text.at, "\"entries\":[{\"name\":\"123456\","));
    cr_expect_null(strstr(text.at, "1234567"));
    stator_text_finish(&text);
    tree_close(&tree);
}

Test(listing, shows_links_as_what_they_lead_to)
{
    struct tree tree;
    tree_open(&tree);
    write_at(&tree, "file", "1234");
    directory_at(&tree, "dir");
    tree_directory(&tree, "l");
    tree_link(&tree, "l/to-file", "../file");
    tree_link(&tree, "l/to-dir", "../dir");
    tree_link(&tree, "l/dangling", "none");
    tree_link(&tree, "l/out", "../../../etc/passwd");
    tree_link(&tree, "l/absolute", "/etc/passwd");
    tree_link(&tree, "l/self", "self");
    tree_link(&tree, "l/device", "/dev/null");
    expect_json(&tree, "/l/",
                "{\"path\":\"/l/\",\"truncated\":false,\"entries\":["
                "{\"name\":\"to-dir\",\"type\":\"directory\"," TIME "},"
                "{\"name\":\"to-file\",\"type\":\"file\",\"size\":4," TIME "}]}\n");
    tree_close(&tree);
}

Test(listing, is_cut_and_says_so)
{
    enum { MANY = 2 * STATOR_LISTING_MAX + 500 };
    struct tree tree;
    tree_open(&tree);
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%05d", i);
        int fd = openat(tree.root, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        cr_assert_geq(fd, 0);
        close(fd);
    }
    tree_directory(&tree, "z");
    struct stator_text text = {0};
    cr_expect_eq(list(&tree, "/", stator_listing_html, &text), 0);
    cr_expect_not_null(strstr(text.at, "<p>Cut: the first 10000 of 20501 names are shown.</p>"));
    cr_expect_not_null(strstr(text.at, ">z/<"), "directories first");
    cr_expect_not_null(strstr(text.at, ">f00000<"));
    cr_expect_not_null(strstr(text.at, ">f09998<"));
    cr_expect_null(strstr(text.at, ">f09999<"));
    cr_expect_eq(list(&tree, "/", stator_listing_json, &text), 0);
    static const char start[] = "{\"path\":\"/\",\"truncated\":true,\"total\":20501,\"entries\":["
                                "{\"name\":\"z\",";
    cr_expect_eq(strncmp(text.at, start, sizeof start - 1), 0, "%.80s", text.at);
    size_t count = 0;
    for (const char *at = text.at; (at = strstr(at, "\"name\"")) != NULL; at++) {
        count++;
    }
    cr_expect_eq(count, STATOR_LISTING_MAX);
    stator_text_finish(&text);
    tree_close(&tree);
}

Test(listing, just_not_cut)
{
    struct tree tree;
    tree_open(&tree);
    for (int i = 0; i < STATOR_LISTING_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        int fd = openat(tree.root, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        cr_assert_geq(fd, 0);
        close(fd);
    }
    expect_html(&tree, "/", "Cut", false);
    tree_close(&tree);
}

Test(listing, leaves_the_descriptor_alone)
{
    struct tree tree;
    tree_open(&tree);
    write_at(&tree, "a", "");
    int fd = stator_root_open_beneath(tree.root, ".");
    struct stator_text first = {0};
    struct stator_text second = {0};
    cr_expect_eq(stator_listing_json(tree.root, fd, STATOR_SPAN("/"), &first), 0);
    cr_expect_eq(stator_listing_json(tree.root, fd, STATOR_SPAN("/"), &second), 0);
    cr_expect(stator_span_equal(stator_text_span(&first), stator_text_span(&second)));
    cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0);
    close(fd);
    stator_text_finish(&first);
    stator_text_finish(&second);
    tree_close(&tree);
}

Test(listing, says_what_failed)
{
    struct tree tree;
    tree_open(&tree);
    write_at(&tree, "a", "");
    tree_link(&tree, "to-a", "a");
    int fd = stator_root_open_beneath(tree.root, ".");
    int file = stator_root_open_beneath(tree.root, "a");
    struct stator_text text = {0};
    cr_expect_eq(stator_listing_html(tree.root, -1, STATOR_SPAN("/"), &text), -EBADF);
    cr_expect_eq(stator_listing_html(tree.root, file, STATOR_SPAN("/"), &text), -ENOTDIR);
    for (size_t spare = 0; spare <= 1; spare++) {
        size_t before = count_open_files();
        struct rlimit old = leave_descriptors(spare);
        int error = stator_listing_json(tree.root, fd, STATOR_SPAN("/"), &text);
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
        cr_expect_eq(error, -EMFILE, "%zu to spare: %d", spare, error);
        cr_expect_eq(count_open_files(), before);
    }
    text.failed = true;
    cr_expect_eq(stator_listing_html(tree.root, fd, STATOR_SPAN("/"), &text), -ENOMEM);
    stator_text_finish(&text);
    close(file);
    close(fd);
    tree_close(&tree);
}

Test(listing, policy_allows_the_style_and_no_other)
{
    struct tree tree;
    tree_open(&tree);
    struct stator_text text = {0};
    cr_assert_eq(list(&tree, "/", stator_listing_html, &text), 0);
    const char *from = strstr(text.at, "<style>");
    cr_assert_not_null(from);
    from += strlen("<style>");
    const char *to = strstr(from, "</style>");
    cr_assert_not_null(to);
    cr_expect_null(strstr(to + 1, "<style"));
    cr_expect_null(strstr(text.at, "<script"));
    cr_expect_null(strstr(text.at, " style="));

    unsigned char hash[32];
    sha_256((struct stator_span){from, (size_t)(to - from)}, hash);
    char digits[45];
    base64(hash, digits);
    char source[80];
    snprintf(source, sizeof source, "style-src 'sha256-%s';", digits);
    char policy[512];
    snprintf(policy, sizeof policy, "%.*s", (int)stator_listing_csp.length, stator_listing_csp.at);
    cr_expect_not_null(strstr(policy, source), "the style's hash is now %s", source);
    cr_expect_eq(strncmp(policy, "default-src 'none';", 19), 0);
    cr_expect_null(strstr(policy, "unsafe"));
    stator_text_finish(&text);
    tree_close(&tree);
}
