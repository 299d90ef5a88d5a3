#include "waybill_re2.h"
#include <re2/re2.h>
#include <cstring>

struct waybill_re2 {
  RE2 pattern;
  waybill_re2(re2::StringPiece text, const RE2::Options &options) : pattern(text, options) {}
};

static RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  return options;
}

waybill_re2 *waybill_re2_compile(const char *pattern, size_t length, char *error, size_t error_size) {
  auto *made = new waybill_re2(re2::StringPiece(pattern, length), quiet());
  if (made->pattern.ok()) return made;
  if (error_size > 0) {
    std::strncpy(error, made->pattern.error().c_str(), error_size - 1);
    error[error_size - 1] = 0;
  }
  delete made;
  return nullptr;
}

int waybill_re2_full_match(const waybill_re2 *pattern, const char *text, size_t length) {
  return RE2::FullMatch(re2::StringPiece(text, length), pattern->pattern);
}

void waybill_re2_free(waybill_re2 *pattern) { delete pattern; }
