package file

import (
	"context"
	"io"
	"io/fs"
	"os"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Use opens the file and calls the function use with it. When ctx ends, it waits no longer, neither for the file to
// open nor for the function to return. For a missing file, errors.Is(err, fs.ErrNotExist) holds.
func Use[T any](ctx context.Context, path string, use func(*os.File) (T, error)) (T, error) {
	value, err := Await(ctx, func() (T, error) {
		// Opening a pipe waits for its writer, so it must be inside Await.
		f, err := os.Open(path)
		if err != nil {
			var none T
			return none, err
		}
		defer f.Close()
		return use(f)
	})
	return value, withKind(err, path, "it could not be read to its end",
		fail.Say("check that a program writes to it, or ").Do(fail.WaitLonger))
}

// Read returns the whole file and its FileInfo. A file of more than largest bytes is an error.
func Read(ctx context.Context, path string, largest int64) ([]byte, fs.FileInfo, error) {
	type content struct {
		data []byte
		info fs.FileInfo
	}
	c, err := Use(ctx, path, func(f *os.File) (content, error) {
		info, err := f.Stat()
		if err != nil {
			return content{}, err
		}
		if info.Mode().IsRegular() && info.Size() > largest {
			return content{}, tooLarge(path, largest)
		}
		data, err := all(f, path, largest)
		return content{data, info}, err
	})
	return c.data, c.info, err
}

// ReadAll reads r to its end, until ctx ends. name is the name of r in errors. More than largest bytes are an error.
func ReadAll(ctx context.Context, r io.Reader, name string, largest int64) ([]byte, error) {
	data, err := Await(ctx, func() ([]byte, error) { return all(r, name, largest) })
	return data, withKind(err, name, "it did not end",
		fail.Say("check that a program writes to it, or ").Do(fail.WaitLonger))
}

func all(r io.Reader, name string, largest int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err == nil && int64(len(data)) > largest {
		return nil, tooLarge(name, largest)
	}
	return data, err
}

func tooLarge(name string, largest int64) error {
	return fail.New(fail.Config, "%s is larger than %s, the limit for this file", name, prose.Limit(largest)).
		Next("check that it is the right file")
}
