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
    {"3g2", STATOR_SPAN("video/3gpp2")},
    {"3gp", STATOR_SPAN("video/3gpp")},
    {"3mf", STATOR_SPAN("model/3mf")},
    {"7z", STATOR_SPAN("application/x-7z-compressed")},
    {"aac", STATOR_SPAN("audio/aac")},
    {"adoc", STATOR_SPAN("text/plain" UTF8)},
    {"ai", STATOR_SPAN("application/postscript")},
    {"aif", STATOR_SPAN("audio/x-aiff")},
    {"aiff", STATOR_SPAN("audio/x-aiff")},
    {"amr", STATOR_SPAN("audio/amr")},
    {"apk", STATOR_SPAN("application/vnd.android.package-archive")},
    {"apng", STATOR_SPAN("image/apng")},
    {"arrow", STATOR_SPAN("application/vnd.apache.arrow.file")},
    {"asc", STATOR_SPAN("text/plain" UTF8)},
    {"atom", STATOR_SPAN("application/atom+xml")},
    {"avi", STATOR_SPAN("video/x-msvideo")},
    {"avif", STATOR_SPAN("image/avif")},
    {"avifs", STATOR_SPAN("image/avif")},
    {"azw", STATOR_SPAN("application/vnd.amazon.ebook")},
    {"bin", STATOR_SPAN("application/octet-stream")},
    {"bmp", STATOR_SPAN("image/bmp")},
    {"bz2", STATOR_SPAN("application/x-bzip2")},
    {"c", STATOR_SPAN("text/plain" UTF8)},
    {"cab", STATOR_SPAN("application/vnd.ms-cab-compressed")},
    {"cbor", STATOR_SPAN("application/cbor")},
    {"cbr", STATOR_SPAN("application/vnd.comicbook-rar")},
    {"cbz", STATOR_SPAN("application/vnd.comicbook+zip")},
    {"cc", STATOR_SPAN("text/plain" UTF8)},
    {"cer", STATOR_SPAN("application/pkix-cert")},
    {"cjs", STATOR_SPAN("text/javascript" UTF8)},
    {"conf", STATOR_SPAN("text/plain" UTF8)},
    {"cpp", STATOR_SPAN("text/plain" UTF8)},
    {"crl", STATOR_SPAN("application/pkix-crl")},
    {"crt", STATOR_SPAN("application/pkix-cert")},
    {"crx", STATOR_SPAN("application/x-chrome-extension")},
    {"css", STATOR_SPAN("text/css" UTF8)},
    {"csv", STATOR_SPAN("text/csv" UTF8)},
    {"cur", STATOR_SPAN("image/vnd.microsoft.icon")},
    {"deb", STATOR_SPAN("application/vnd.debian.binary-package")},
    {"der", STATOR_SPAN("application/pkix-cert")},
    {"diff", STATOR_SPAN("text/plain" UTF8)},
    {"djvu", STATOR_SPAN("image/vnd.djvu")},
    {"dll", STATOR_SPAN("application/vnd.microsoft.portable-executable")},
    {"dmg", STATOR_SPAN("application/octet-stream")},
    {"doc", STATOR_SPAN("application/msword")},
    {"docx",
     STATOR_SPAN("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
    {"dot", STATOR_SPAN("application/msword")},
    {"dtd", STATOR_SPAN("application/xml-dtd")},
    {"dwg", STATOR_SPAN("image/vnd.dwg")},
    {"dxf", STATOR_SPAN("image/vnd.dxf")},
    {"eml", STATOR_SPAN("message/rfc822")},
    {"eot", STATOR_SPAN("application/vnd.ms-fontobject")},
    {"eps", STATOR_SPAN("application/postscript")},
    {"epub", STATOR_SPAN("application/epub+zip")},
    {"exe", STATOR_SPAN("application/vnd.microsoft.portable-executable")},
    {"flac", STATOR_SPAN("audio/flac")},
    {"flv", STATOR_SPAN("video/x-flv")},
    {"geojson", STATOR_SPAN("application/geo+json")},
    {"gif", STATOR_SPAN("image/gif")},
    {"glb", STATOR_SPAN("model/gltf-binary")},
    {"gltf", STATOR_SPAN("model/gltf+json")},
    {"gmi", STATOR_SPAN("text/gemini" UTF8)},
    {"go", STATOR_SPAN("text/plain" UTF8)},
    {"gpx", STATOR_SPAN("application/gpx+xml")},
    {"gz", STATOR_SPAN("application/gzip")},
    {"h", STATOR_SPAN("text/plain" UTF8)},
    {"har", STATOR_SPAN("application/json")},
    {"heic", STATOR_SPAN("image/heic")},
    {"heif", STATOR_SPAN("image/heif")},
    {"hpp", STATOR_SPAN("text/plain" UTF8)},
    {"htm", STATOR_SPAN("text/html" UTF8)},
    {"html", STATOR_SPAN("text/html" UTF8)},
    {"ico", STATOR_SPAN("image/vnd.microsoft.icon")},
    {"ics", STATOR_SPAN("text/calendar" UTF8)},
    {"img", STATOR_SPAN("application/octet-stream")},
    {"ini", STATOR_SPAN("text/plain" UTF8)},
    {"ipynb", STATOR_SPAN("application/x-ipynb+json")},
    {"iso", STATOR_SPAN("application/octet-stream")},
    {"jar", STATOR_SPAN("application/java-archive")},
    {"java", STATOR_SPAN("text/plain" UTF8)},
    {"jfif", STATOR_SPAN("image/jpeg")},
    {"jp2", STATOR_SPAN("image/jp2")},
    {"jpeg", STATOR_SPAN("image/jpeg")},
    {"jpg", STATOR_SPAN("image/jpeg")},
    {"js", STATOR_SPAN("text/javascript" UTF8)},
    {"json", STATOR_SPAN("application/json")},
    {"jsonl", STATOR_SPAN("application/x-ndjson")},
    {"jsonld", STATOR_SPAN("application/ld+json")},
    {"jsx", STATOR_SPAN("text/plain" UTF8)},
    {"jxl", STATOR_SPAN("image/jxl")},
    {"key", STATOR_SPAN("application/vnd.apple.keynote")},
    {"kml", STATOR_SPAN("application/vnd.google-earth.kml+xml")},
    {"kmz", STATOR_SPAN("application/vnd.google-earth.kmz")},
    {"kt", STATOR_SPAN("text/plain" UTF8)},
    {"ktx2", STATOR_SPAN("image/ktx2")},
    {"less", STATOR_SPAN("text/plain" UTF8)},
    {"log", STATOR_SPAN("text/plain" UTF8)},
    {"lua", STATOR_SPAN("text/plain" UTF8)},
    {"lz", STATOR_SPAN("application/x-lzip")},
    {"lz4", STATOR_SPAN("application/x-lz4")},
    {"m2ts", STATOR_SPAN("video/mp2t")},
    {"m3u", STATOR_SPAN("application/vnd.apple.mpegurl")},
    {"m3u8", STATOR_SPAN("application/vnd.apple.mpegurl")},
    {"m4a", STATOR_SPAN("audio/mp4")},
    {"m4b", STATOR_SPAN("audio/mp4")},
    {"m4s", STATOR_SPAN("video/iso.segment")},
    {"m4v", STATOR_SPAN("video/mp4")},
    {"map", STATOR_SPAN("application/json")},
    {"markdown", STATOR_SPAN("text/markdown" UTF8)},
    {"mathml", STATOR_SPAN("application/mathml+xml")},
    {"md", STATOR_SPAN("text/markdown" UTF8)},
    {"mid", STATOR_SPAN("audio/midi")},
    {"midi", STATOR_SPAN("audio/midi")},
    {"mjs", STATOR_SPAN("text/javascript" UTF8)},
    {"mka", STATOR_SPAN("audio/matroska")},
    {"mkv", STATOR_SPAN("video/matroska")},
    {"mov", STATOR_SPAN("video/quicktime")},
    {"mp2", STATOR_SPAN("audio/mpeg")},
    {"mp3", STATOR_SPAN("audio/mpeg")},
    {"mp4", STATOR_SPAN("video/mp4")},
    {"mpd", STATOR_SPAN("application/dash+xml")},
    {"mpeg", STATOR_SPAN("video/mpeg")},
    {"mpg", STATOR_SPAN("video/mpeg")},
    {"mtl", STATOR_SPAN("model/mtl")},
    {"mts", STATOR_SPAN("video/mp2t")},
    {"n3", STATOR_SPAN("text/n3" UTF8)},
    {"ndjson", STATOR_SPAN("application/x-ndjson")},
    {"nt", STATOR_SPAN("application/n-triples")},
    {"numbers", STATOR_SPAN("application/vnd.apple.numbers")},
    {"obj", STATOR_SPAN("model/obj")},
    {"odg", STATOR_SPAN("application/vnd.oasis.opendocument.graphics")},
    {"odp", STATOR_SPAN("application/vnd.oasis.opendocument.presentation")},
    {"ods", STATOR_SPAN("application/vnd.oasis.opendocument.spreadsheet")},
    {"odt", STATOR_SPAN("application/vnd.oasis.opendocument.text")},
    {"oga", STATOR_SPAN("audio/ogg")},
    {"ogg", STATOR_SPAN("audio/ogg")},
    {"ogv", STATOR_SPAN("video/ogg")},
    {"ogx", STATOR_SPAN("application/ogg")},
    {"opml", STATOR_SPAN("text/x-opml" UTF8)},
    {"opus", STATOR_SPAN("audio/ogg")},
    {"otf", STATOR_SPAN("font/otf")},
    {"p12", STATOR_SPAN("application/pkcs12")},
    {"pages", STATOR_SPAN("application/vnd.apple.pages")},
    {"parquet", STATOR_SPAN("application/vnd.apache.parquet")},
    {"patch", STATOR_SPAN("text/plain" UTF8)},
    {"pcap", STATOR_SPAN("application/vnd.tcpdump.pcap")},
    {"pdf", STATOR_SPAN("application/pdf")},
    {"pem", STATOR_SPAN("application/pem-certificate-chain")},
    {"pfx", STATOR_SPAN("application/pkcs12")},
    {"pl", STATOR_SPAN("text/plain" UTF8)},
    {"png", STATOR_SPAN("image/png")},
    {"ppt", STATOR_SPAN("application/vnd.ms-powerpoint")},
    {"pptx",
     STATOR_SPAN("application/vnd.openxmlformats-officedocument.presentationml.presentation")},
    {"ps", STATOR_SPAN("application/postscript")},
    {"psd", STATOR_SPAN("image/vnd.adobe.photoshop")},
    {"py", STATOR_SPAN("text/plain" UTF8)},
    {"qt", STATOR_SPAN("video/quicktime")},
    {"rar", STATOR_SPAN("application/vnd.rar")},
    {"rb", STATOR_SPAN("text/plain" UTF8)},
    {"rdf", STATOR_SPAN("application/rdf+xml")},
    {"rpm", STATOR_SPAN("application/x-rpm")},
    {"rs", STATOR_SPAN("text/plain" UTF8)},
    {"rss", STATOR_SPAN("application/rss+xml")},
    {"rst", STATOR_SPAN("text/plain" UTF8)},
    {"rtf", STATOR_SPAN("application/rtf")},
    {"scss", STATOR_SPAN("text/plain" UTF8)},
    {"sh", STATOR_SPAN("text/plain" UTF8)},
    {"sig", STATOR_SPAN("application/pgp-signature")},
    {"spx", STATOR_SPAN("audio/ogg")},
    {"sql", STATOR_SPAN("application/sql")},
    {"sqlite", STATOR_SPAN("application/vnd.sqlite3")},
    {"sqlite3", STATOR_SPAN("application/vnd.sqlite3")},
    {"srt", STATOR_SPAN("application/x-subrip")},
    {"step", STATOR_SPAN("model/step")},
    {"stl", STATOR_SPAN("model/stl")},
    {"stp", STATOR_SPAN("model/step")},
    {"svg", STATOR_SPAN("image/svg+xml")},
    {"swf", STATOR_SPAN("application/vnd.adobe.flash.movie")},
    {"swift", STATOR_SPAN("text/plain" UTF8)},
    {"tar", STATOR_SPAN("application/x-tar")},
    {"tex", STATOR_SPAN("text/plain" UTF8)},
    {"text", STATOR_SPAN("text/plain" UTF8)},
    {"tgz", STATOR_SPAN("application/gzip")},
    {"tif", STATOR_SPAN("image/tiff")},
    {"tiff", STATOR_SPAN("image/tiff")},
    {"toml", STATOR_SPAN("application/toml")},
    {"topojson", STATOR_SPAN("application/json")},
    {"torrent", STATOR_SPAN("application/x-bittorrent")},
    {"ts", STATOR_SPAN("video/mp2t")},
    {"tsv", STATOR_SPAN("text/tab-separated-values" UTF8)},
    {"tsx", STATOR_SPAN("text/plain" UTF8)},
    {"ttc", STATOR_SPAN("font/collection")},
    {"ttf", STATOR_SPAN("font/ttf")},
    {"ttl", STATOR_SPAN("text/turtle" UTF8)},
    {"ttml", STATOR_SPAN("application/ttml+xml")},
    {"txt", STATOR_SPAN("text/plain" UTF8)},
    {"usdz", STATOR_SPAN("model/vnd.usdz+zip")},
    {"vcard", STATOR_SPAN("text/vcard" UTF8)},
    {"vcf", STATOR_SPAN("text/vcard" UTF8)},
    {"vtt", STATOR_SPAN("text/vtt" UTF8)},
    {"vue", STATOR_SPAN("text/plain" UTF8)},
    {"wasm", STATOR_SPAN("application/wasm")},
    {"wav", STATOR_SPAN("audio/wav")},
    {"weba", STATOR_SPAN("audio/webm")},
    {"webm", STATOR_SPAN("video/webm")},
    {"webmanifest", STATOR_SPAN("application/manifest+json")},
    {"webp", STATOR_SPAN("image/webp")},
    {"wma", STATOR_SPAN("audio/x-ms-wma")},
    {"wmv", STATOR_SPAN("video/x-ms-wmv")},
    {"woff", STATOR_SPAN("font/woff")},
    {"woff2", STATOR_SPAN("font/woff2")},
    {"xht", STATOR_SPAN("application/xhtml+xml")},
    {"xhtml", STATOR_SPAN("application/xhtml+xml")},
    {"xls", STATOR_SPAN("application/vnd.ms-excel")},
    {"xlsx", STATOR_SPAN("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
    {"xml", STATOR_SPAN("application/xml")},
    {"xpi", STATOR_SPAN("application/x-xpinstall")},
    {"xsd", STATOR_SPAN("application/xml")},
    {"xsl", STATOR_SPAN("application/xml")},
    {"xslt", STATOR_SPAN("application/xslt+xml")},
    {"xz", STATOR_SPAN("application/x-xz")},
    {"yaml", STATOR_SPAN("application/yaml")},
    {"yml", STATOR_SPAN("application/yaml")},
    {"zig", STATOR_SPAN("text/plain" UTF8)},
    {"zip", STATOR_SPAN("application/zip")},
    {"zst", STATOR_SPAN("application/zstd")},
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
    STATOR_SPAN("application/ecmascript"),
    STATOR_SPAN("application/java-archive"),
    STATOR_SPAN("application/javascript"),
    STATOR_SPAN("application/pdf"),
    STATOR_SPAN("application/vnd.adobe.flash.movie"),
    STATOR_SPAN("application/wasm"),
    STATOR_SPAN("application/x-ecmascript"),
    STATOR_SPAN("application/x-javascript"),
    STATOR_SPAN("application/x-shockwave-flash"),
    STATOR_SPAN("application/xml"),
    STATOR_SPAN("application/xml-dtd"),
    STATOR_SPAN("message/rfc822"),
    STATOR_SPAN("multipart/related"),
    STATOR_SPAN("multipart/x-mixed-replace"),
    STATOR_SPAN("text/cache-manifest"),
    STATOR_SPAN("text/ecmascript"),
    STATOR_SPAN("text/html"),
    STATOR_SPAN("text/javascript"),
    STATOR_SPAN("text/xml"),
    STATOR_SPAN("text/xsl"),
};

/* What is text although it is not text/; and every "+json" and "+xml". */
static const struct stator_span textual[] = {
    STATOR_SPAN("application/ecmascript"),   STATOR_SPAN("application/javascript"),
    STATOR_SPAN("application/json"),         STATOR_SPAN("application/n-triples"),
    STATOR_SPAN("application/sql"),          STATOR_SPAN("application/toml"),
    STATOR_SPAN("application/x-javascript"), STATOR_SPAN("application/x-ndjson"),
    STATOR_SPAN("application/xml"),          STATOR_SPAN("application/xml-dtd"),
    STATOR_SPAN("application/yaml"),         STATOR_SPAN("message/rfc822"),
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
    return ends_nocase(type, STATOR_SPAN_OF("+xml")) ||
           is_among(type, active, sizeof active / sizeof *active);
}

bool stator_media_is_text(struct stator_span type)
{
    static const struct stator_span text = STATOR_SPAN("text/");
    type = essence(type);
    if (type.length > text.length &&
        stator_span_equal_nocase(stator_span_first(type, text.length), text)) {
        return true;
    }
    return ends_nocase(type, STATOR_SPAN_OF("+json")) ||
           ends_nocase(type, STATOR_SPAN_OF("+xml")) ||
           is_among(type, textual, sizeof textual / sizeof *textual);
}
