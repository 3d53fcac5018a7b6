package faultproxy

import "strings"

// DecodeSlashes turns %2F into "/" in the path. nginx does this with a proxy_pass that has a path.
func DecodeSlashes(uri string) string {
	return ofPath(uri, func(path string) string { return strings.NewReplacer("%2F", "/", "%2f", "/").Replace(path) })
}

// DoubleEncode escapes the escapes: %2F becomes %252F.
func DoubleEncode(uri string) string {
	return ofPath(uri, func(path string) string { return strings.ReplaceAll(path, "%", "%25") })
}

// MergeSlashes does the same as DecodeSlashes, and also turns "//" into "/", as nginx's merge_slashes does.
func MergeSlashes(uri string) string {
	return ofPath(DecodeSlashes(uri), func(path string) string {
		for strings.Contains(path, "//") {
			path = strings.ReplaceAll(path, "//", "/")
		}
		return path
	})
}

// ofPath applies f to the path of the URI and keeps the query.
func ofPath(uri string, f func(path string) string) string {
	path, query, asked := strings.Cut(uri, "?")
	if path = f(path); asked {
		path += "?" + query
	}
	return path
}
