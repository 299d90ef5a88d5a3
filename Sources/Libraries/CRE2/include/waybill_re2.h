#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/// A compiled pattern, or NULL with `error` filled in (NUL-terminated, cut to `error_size`).
typedef struct waybill_re2 waybill_re2;
waybill_re2 *waybill_re2_compile(const char *pattern, size_t length, char *error, size_t error_size);
/// Whether the pattern matches the whole of `text`. Safe from several threads.
int waybill_re2_full_match(const waybill_re2 *pattern, const char *text, size_t length);
void waybill_re2_free(waybill_re2 *pattern);
#ifdef __cplusplus
}
#endif
