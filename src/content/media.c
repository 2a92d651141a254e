/*
 * The table from file name extension to media type, and what kinds of type there are.
 *
 * Knows names alone; refuses to look into files. Types are as IANA registers them, and as browsers
 * know them where it registers none. The one surprising thing: source code is text/plain, because a
 * reader wants to see it, and ".ts" is a video, because a browser cannot run the other kind.
 */
#include "content/media.h"

#define UTF8 "; charset=utf-8"

struct media {
    const char *extension;
    struct stator_span type;
};

/* Sorted by extension, bytewise: it is searched by halves. */
static const struct media table[] = {
    {"3g2", STATOR_SPAN_INIT("video/3gpp2")},
    {"3gp", STATOR_SPAN_INIT("video/3gpp")},
    {"3mf", STATOR_SPAN_INIT("model/3mf")},
    {"7z", STATOR_SPAN_INIT("application/x-7z-compressed")},
    {"aac", STATOR_SPAN_INIT("audio/aac")},
    {"adoc", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"ai", STATOR_SPAN_INIT("application/postscript")},
    {"aif", STATOR_SPAN_INIT("audio/x-aiff")},
    {"aiff", STATOR_SPAN_INIT("audio/x-aiff")},
    {"amr", STATOR_SPAN_INIT("audio/amr")},
    {"apk", STATOR_SPAN_INIT("application/vnd.android.package-archive")},
    {"apng", STATOR_SPAN_INIT("image/apng")},
    {"arrow", STATOR_SPAN_INIT("application/vnd.apache.arrow.file")},
    {"asc", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"atom", STATOR_SPAN_INIT("application/atom+xml")},
    {"avi", STATOR_SPAN_INIT("video/x-msvideo")},
    {"avif", STATOR_SPAN_INIT("image/avif")},
    {"avifs", STATOR_SPAN_INIT("image/avif")},
    {"azw", STATOR_SPAN_INIT("application/vnd.amazon.ebook")},
    {"bin", STATOR_SPAN_INIT("application/octet-stream")},
    {"bmp", STATOR_SPAN_INIT("image/bmp")},
    {"bz2", STATOR_SPAN_INIT("application/x-bzip2")},
    {"c", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"cab", STATOR_SPAN_INIT("application/vnd.ms-cab-compressed")},
    {"cbor", STATOR_SPAN_INIT("application/cbor")},
    {"cbr", STATOR_SPAN_INIT("application/vnd.comicbook-rar")},
    {"cbz", STATOR_SPAN_INIT("application/vnd.comicbook+zip")},
    {"cc", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"cer", STATOR_SPAN_INIT("application/pkix-cert")},
    {"cjs", STATOR_SPAN_INIT("text/javascript" UTF8)},
    {"conf", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"cpp", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"crl", STATOR_SPAN_INIT("application/pkix-crl")},
    {"crt", STATOR_SPAN_INIT("application/pkix-cert")},
    {"crx", STATOR_SPAN_INIT("application/x-chrome-extension")},
    {"css", STATOR_SPAN_INIT("text/css" UTF8)},
    {"csv", STATOR_SPAN_INIT("text/csv" UTF8)},
    {"cur", STATOR_SPAN_INIT("image/vnd.microsoft.icon")},
    {"deb", STATOR_SPAN_INIT("application/vnd.debian.binary-package")},
    {"der", STATOR_SPAN_INIT("application/pkix-cert")},
    {"diff", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"djvu", STATOR_SPAN_INIT("image/vnd.djvu")},
    {"dll", STATOR_SPAN_INIT("application/vnd.microsoft.portable-executable")},
    {"dmg", STATOR_SPAN_INIT("application/octet-stream")},
    {"doc", STATOR_SPAN_INIT("application/msword")},
    {"docx",
     STATOR_SPAN_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
    {"dot", STATOR_SPAN_INIT("application/msword")},
    {"dtd", STATOR_SPAN_INIT("application/xml-dtd")},
    {"dwg", STATOR_SPAN_INIT("image/vnd.dwg")},
    {"dxf", STATOR_SPAN_INIT("image/vnd.dxf")},
    {"eml", STATOR_SPAN_INIT("message/rfc822")},
    {"eot", STATOR_SPAN_INIT("application/vnd.ms-fontobject")},
    {"eps", STATOR_SPAN_INIT("application/postscript")},
    {"epub", STATOR_SPAN_INIT("application/epub+zip")},
    {"exe", STATOR_SPAN_INIT("application/vnd.microsoft.portable-executable")},
    {"flac", STATOR_SPAN_INIT("audio/flac")},
    {"flv", STATOR_SPAN_INIT("video/x-flv")},
    {"geojson", STATOR_SPAN_INIT("application/geo+json")},
    {"gif", STATOR_SPAN_INIT("image/gif")},
    {"glb", STATOR_SPAN_INIT("model/gltf-binary")},
    {"gltf", STATOR_SPAN_INIT("model/gltf+json")},
    {"gmi", STATOR_SPAN_INIT("text/gemini" UTF8)},
    {"go", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"gpx", STATOR_SPAN_INIT("application/gpx+xml")},
    {"gz", STATOR_SPAN_INIT("application/gzip")},
    {"h", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"har", STATOR_SPAN_INIT("application/json")},
    {"heic", STATOR_SPAN_INIT("image/heic")},
    {"heif", STATOR_SPAN_INIT("image/heif")},
    {"hpp", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"htm", STATOR_SPAN_INIT("text/html" UTF8)},
    {"html", STATOR_SPAN_INIT("text/html" UTF8)},
    {"ico", STATOR_SPAN_INIT("image/vnd.microsoft.icon")},
    {"ics", STATOR_SPAN_INIT("text/calendar" UTF8)},
    {"img", STATOR_SPAN_INIT("application/octet-stream")},
    {"ini", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"ipynb", STATOR_SPAN_INIT("application/x-ipynb+json")},
    {"iso", STATOR_SPAN_INIT("application/octet-stream")},
    {"jar", STATOR_SPAN_INIT("application/java-archive")},
    {"java", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"jfif", STATOR_SPAN_INIT("image/jpeg")},
    {"jp2", STATOR_SPAN_INIT("image/jp2")},
    {"jpeg", STATOR_SPAN_INIT("image/jpeg")},
    {"jpg", STATOR_SPAN_INIT("image/jpeg")},
    {"js", STATOR_SPAN_INIT("text/javascript" UTF8)},
    {"json", STATOR_SPAN_INIT("application/json")},
    {"jsonl", STATOR_SPAN_INIT("application/x-ndjson")},
    {"jsonld", STATOR_SPAN_INIT("application/ld+json")},
    {"jsx", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"jxl", STATOR_SPAN_INIT("image/jxl")},
    {"key", STATOR_SPAN_INIT("application/vnd.apple.keynote")},
    {"kml", STATOR_SPAN_INIT("application/vnd.google-earth.kml+xml")},
    {"kmz", STATOR_SPAN_INIT("application/vnd.google-earth.kmz")},
    {"kt", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"ktx2", STATOR_SPAN_INIT("image/ktx2")},
    {"less", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"log", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"lua", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"lz", STATOR_SPAN_INIT("application/x-lzip")},
    {"lz4", STATOR_SPAN_INIT("application/x-lz4")},
    {"m2ts", STATOR_SPAN_INIT("video/mp2t")},
    {"m3u", STATOR_SPAN_INIT("application/vnd.apple.mpegurl")},
    {"m3u8", STATOR_SPAN_INIT("application/vnd.apple.mpegurl")},
    {"m4a", STATOR_SPAN_INIT("audio/mp4")},
    {"m4b", STATOR_SPAN_INIT("audio/mp4")},
    {"m4s", STATOR_SPAN_INIT("video/iso.segment")},
    {"m4v", STATOR_SPAN_INIT("video/mp4")},
    {"map", STATOR_SPAN_INIT("application/json")},
    {"markdown", STATOR_SPAN_INIT("text/markdown" UTF8)},
    {"mathml", STATOR_SPAN_INIT("application/mathml+xml")},
    {"md", STATOR_SPAN_INIT("text/markdown" UTF8)},
    {"mid", STATOR_SPAN_INIT("audio/midi")},
    {"midi", STATOR_SPAN_INIT("audio/midi")},
    {"mjs", STATOR_SPAN_INIT("text/javascript" UTF8)},
    {"mka", STATOR_SPAN_INIT("audio/matroska")},
    {"mkv", STATOR_SPAN_INIT("video/matroska")},
    {"mov", STATOR_SPAN_INIT("video/quicktime")},
    {"mp2", STATOR_SPAN_INIT("audio/mpeg")},
    {"mp3", STATOR_SPAN_INIT("audio/mpeg")},
    {"mp4", STATOR_SPAN_INIT("video/mp4")},
    {"mpd", STATOR_SPAN_INIT("application/dash+xml")},
    {"mpeg", STATOR_SPAN_INIT("video/mpeg")},
    {"mpg", STATOR_SPAN_INIT("video/mpeg")},
    {"mtl", STATOR_SPAN_INIT("model/mtl")},
    {"mts", STATOR_SPAN_INIT("video/mp2t")},
    {"n3", STATOR_SPAN_INIT("text/n3" UTF8)},
    {"ndjson", STATOR_SPAN_INIT("application/x-ndjson")},
    {"nt", STATOR_SPAN_INIT("application/n-triples")},
    {"numbers", STATOR_SPAN_INIT("application/vnd.apple.numbers")},
    {"obj", STATOR_SPAN_INIT("model/obj")},
    {"odg", STATOR_SPAN_INIT("application/vnd.oasis.opendocument.graphics")},
    {"odp", STATOR_SPAN_INIT("application/vnd.oasis.opendocument.presentation")},
    {"ods", STATOR_SPAN_INIT("application/vnd.oasis.opendocument.spreadsheet")},
    {"odt", STATOR_SPAN_INIT("application/vnd.oasis.opendocument.text")},
    {"oga", STATOR_SPAN_INIT("audio/ogg")},
    {"ogg", STATOR_SPAN_INIT("audio/ogg")},
    {"ogv", STATOR_SPAN_INIT("video/ogg")},
    {"ogx", STATOR_SPAN_INIT("application/ogg")},
    {"opml", STATOR_SPAN_INIT("text/x-opml" UTF8)},
    {"opus", STATOR_SPAN_INIT("audio/ogg")},
    {"otf", STATOR_SPAN_INIT("font/otf")},
    {"p12", STATOR_SPAN_INIT("application/pkcs12")},
    {"pages", STATOR_SPAN_INIT("application/vnd.apple.pages")},
    {"parquet", STATOR_SPAN_INIT("application/vnd.apache.parquet")},
    {"patch", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"pcap", STATOR_SPAN_INIT("application/vnd.tcpdump.pcap")},
    {"pdf", STATOR_SPAN_INIT("application/pdf")},
    {"pem", STATOR_SPAN_INIT("application/pem-certificate-chain")},
    {"pfx", STATOR_SPAN_INIT("application/pkcs12")},
    {"pl", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"png", STATOR_SPAN_INIT("image/png")},
    {"ppt", STATOR_SPAN_INIT("application/vnd.ms-powerpoint")},
    {"pptx",
     STATOR_SPAN_INIT("application/vnd.openxmlformats-officedocument.presentationml.presentation")},
    {"ps", STATOR_SPAN_INIT("application/postscript")},
    {"psd", STATOR_SPAN_INIT("image/vnd.adobe.photoshop")},
    {"py", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"qt", STATOR_SPAN_INIT("video/quicktime")},
    {"rar", STATOR_SPAN_INIT("application/vnd.rar")},
    {"rb", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"rdf", STATOR_SPAN_INIT("application/rdf+xml")},
    {"rpm", STATOR_SPAN_INIT("application/x-rpm")},
    {"rs", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"rss", STATOR_SPAN_INIT("application/rss+xml")},
    {"rst", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"rtf", STATOR_SPAN_INIT("application/rtf")},
    {"scss", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"sh", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"sig", STATOR_SPAN_INIT("application/pgp-signature")},
    {"spx", STATOR_SPAN_INIT("audio/ogg")},
    {"sql", STATOR_SPAN_INIT("application/sql")},
    {"sqlite", STATOR_SPAN_INIT("application/vnd.sqlite3")},
    {"sqlite3", STATOR_SPAN_INIT("application/vnd.sqlite3")},
    {"srt", STATOR_SPAN_INIT("application/x-subrip")},
    {"step", STATOR_SPAN_INIT("model/step")},
    {"stl", STATOR_SPAN_INIT("model/stl")},
    {"stp", STATOR_SPAN_INIT("model/step")},
    {"svg", STATOR_SPAN_INIT("image/svg+xml")},
    {"swf", STATOR_SPAN_INIT("application/vnd.adobe.flash.movie")},
    {"swift", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"tar", STATOR_SPAN_INIT("application/x-tar")},
    {"tex", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"text", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"tgz", STATOR_SPAN_INIT("application/gzip")},
    {"tif", STATOR_SPAN_INIT("image/tiff")},
    {"tiff", STATOR_SPAN_INIT("image/tiff")},
    {"toml", STATOR_SPAN_INIT("application/toml")},
    {"topojson", STATOR_SPAN_INIT("application/json")},
    {"torrent", STATOR_SPAN_INIT("application/x-bittorrent")},
    {"ts", STATOR_SPAN_INIT("video/mp2t")},
    {"tsv", STATOR_SPAN_INIT("text/tab-separated-values" UTF8)},
    {"tsx", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"ttc", STATOR_SPAN_INIT("font/collection")},
    {"ttf", STATOR_SPAN_INIT("font/ttf")},
    {"ttl", STATOR_SPAN_INIT("text/turtle" UTF8)},
    {"ttml", STATOR_SPAN_INIT("application/ttml+xml")},
    {"txt", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"usdz", STATOR_SPAN_INIT("model/vnd.usdz+zip")},
    {"vcard", STATOR_SPAN_INIT("text/vcard" UTF8)},
    {"vcf", STATOR_SPAN_INIT("text/vcard" UTF8)},
    {"vtt", STATOR_SPAN_INIT("text/vtt" UTF8)},
    {"vue", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"wasm", STATOR_SPAN_INIT("application/wasm")},
    {"wav", STATOR_SPAN_INIT("audio/wav")},
    {"weba", STATOR_SPAN_INIT("audio/webm")},
    {"webm", STATOR_SPAN_INIT("video/webm")},
    {"webmanifest", STATOR_SPAN_INIT("application/manifest+json")},
    {"webp", STATOR_SPAN_INIT("image/webp")},
    {"wma", STATOR_SPAN_INIT("audio/x-ms-wma")},
    {"wmv", STATOR_SPAN_INIT("video/x-ms-wmv")},
    {"woff", STATOR_SPAN_INIT("font/woff")},
    {"woff2", STATOR_SPAN_INIT("font/woff2")},
    {"xht", STATOR_SPAN_INIT("application/xhtml+xml")},
    {"xhtml", STATOR_SPAN_INIT("application/xhtml+xml")},
    {"xls", STATOR_SPAN_INIT("application/vnd.ms-excel")},
    {"xlsx", STATOR_SPAN_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
    {"xml", STATOR_SPAN_INIT("application/xml")},
    {"xpi", STATOR_SPAN_INIT("application/x-xpinstall")},
    {"xsd", STATOR_SPAN_INIT("application/xml")},
    {"xsl", STATOR_SPAN_INIT("application/xml")},
    {"xslt", STATOR_SPAN_INIT("application/xslt+xml")},
    {"xz", STATOR_SPAN_INIT("application/x-xz")},
    {"yaml", STATOR_SPAN_INIT("application/yaml")},
    {"yml", STATOR_SPAN_INIT("application/yaml")},
    {"zig", STATOR_SPAN_INIT("text/plain" UTF8)},
    {"zip", STATOR_SPAN_INIT("application/zip")},
    {"zst", STATOR_SPAN_INIT("application/zstd")},
};

#define TABLE_LENGTH (sizeof table / sizeof *table)

/* Longer than any in the table; a longer one need not be searched. */
#define EXTENSION_SIZE 16

const char *stator_media_extension(size_t index)
{
    return index < TABLE_LENGTH ? table[index].extension : NULL;
}

/* What stands behind the last dot of the last segment; a dot in front makes no extension. */
static struct stator_span find_extension(struct stator_span name)
{
    size_t slash = stator_span_find_last(name, '/');
    if (slash < name.length) {
        name = stator_span_skip(name, slash + 1);
    }
    size_t dot = stator_span_find_last(name, '.');
    if (dot == 0 || dot == name.length) {
        return (struct stator_span){NULL, 0};
    }
    return stator_span_skip(name, dot + 1);
}

static struct stator_span find_type(const char *extension)
{
    size_t low = 0;
    size_t high = TABLE_LENGTH;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(extension, table[middle].extension);
        if (order == 0) {
            return table[middle].type;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return (struct stator_span){NULL, 0};
}

struct stator_span stator_media_by_name(struct stator_span name)
{
    struct stator_span extension = find_extension(name);
    if (extension.length == 0 || extension.length >= EXTENSION_SIZE ||
        stator_span_find(extension, '\0') < extension.length) {
        return (struct stator_span){NULL, 0};
    }
    char lower[EXTENSION_SIZE];
    for (size_t i = 0; i < extension.length; i++) {
        lower[i] = stator_lower(extension.at[i]);
    }
    lower[extension.length] = '\0';
    return find_type(lower);
}

/* What runs, or is rendered as a document that may hold what runs; and every "+xml". */
static const struct stator_span active[] = {
    STATOR_SPAN_INIT("application/ecmascript"),
    STATOR_SPAN_INIT("application/java-archive"),
    STATOR_SPAN_INIT("application/javascript"),
    STATOR_SPAN_INIT("application/pdf"),
    STATOR_SPAN_INIT("application/vnd.adobe.flash.movie"),
    STATOR_SPAN_INIT("application/wasm"),
    STATOR_SPAN_INIT("application/x-ecmascript"),
    STATOR_SPAN_INIT("application/x-javascript"),
    STATOR_SPAN_INIT("application/x-shockwave-flash"),
    STATOR_SPAN_INIT("application/xml"),
    STATOR_SPAN_INIT("application/xml-dtd"),
    STATOR_SPAN_INIT("message/rfc822"),
    STATOR_SPAN_INIT("multipart/related"),
    STATOR_SPAN_INIT("multipart/x-mixed-replace"),
    STATOR_SPAN_INIT("text/cache-manifest"),
    STATOR_SPAN_INIT("text/ecmascript"),
    STATOR_SPAN_INIT("text/html"),
    STATOR_SPAN_INIT("text/javascript"),
    STATOR_SPAN_INIT("text/xml"),
    STATOR_SPAN_INIT("text/xsl"),
};

/* What is text although it is not text/; and every "+json" and "+xml". */
static const struct stator_span textual[] = {
    STATOR_SPAN_INIT("application/ecmascript"),   STATOR_SPAN_INIT("application/javascript"),
    STATOR_SPAN_INIT("application/json"),         STATOR_SPAN_INIT("application/n-triples"),
    STATOR_SPAN_INIT("application/sql"),          STATOR_SPAN_INIT("application/toml"),
    STATOR_SPAN_INIT("application/x-javascript"), STATOR_SPAN_INIT("application/x-ndjson"),
    STATOR_SPAN_INIT("application/xml"),          STATOR_SPAN_INIT("application/xml-dtd"),
    STATOR_SPAN_INIT("application/yaml"),         STATOR_SPAN_INIT("message/rfc822"),
};

/* The type without its parameters. */
static struct stator_span essence(struct stator_span type)
{
    return stator_span_trim(stator_span_first(type, stator_span_find(type, ';')));
}

static bool is_among(struct stator_span type, const struct stator_span *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (stator_span_equal_nocase(type, types[i])) {
            return true;
        }
    }
    return false;
}

static bool ends_nocase(struct stator_span type, struct stator_span suffix)
{
    return type.length > suffix.length &&
           stator_span_equal_nocase(stator_span_skip(type, type.length - suffix.length), suffix);
}

bool stator_media_is_active(struct stator_span type)
{
    type = essence(type);
    return ends_nocase(type, STATOR_SPAN("+xml")) ||
           is_among(type, active, sizeof active / sizeof *active);
}

bool stator_media_is_text(struct stator_span type)
{
    static const struct stator_span text = STATOR_SPAN_INIT("text/");
    type = essence(type);
    if (type.length > text.length &&
        stator_span_equal_nocase(stator_span_first(type, text.length), text)) {
        return true;
    }
    return ends_nocase(type, STATOR_SPAN("+json")) || ends_nocase(type, STATOR_SPAN("+xml")) ||
           is_among(type, textual, sizeof textual / sizeof *textual);
}
