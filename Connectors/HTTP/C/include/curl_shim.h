#pragma once
#include <curl/curl.h>

/// Swift cannot call variadic functions: one typed door for each kind of option value.
static inline CURLcode waybill_curl_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_setopt_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
