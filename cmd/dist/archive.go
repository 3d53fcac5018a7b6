package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
)

// archive returns the product as one archive file, with one folder in it.
func (p product) archive(r *release) ([]byte, error) {
	var out bytes.Buffer
	pack := p.tarball
	if p.os == "windows" {
		pack = p.zip
	}
	err := pack(&out, r)
	return out.Bytes(), err
}

func (p product) tarball(to io.Writer, r *release) error {
	// The header of gzip gets no name and no time: they would make two builds differ.
	zipped, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(zipped)
	for _, f := range p.files {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: p.name(r) + "/" + f.path, Size: int64(len(f.data)), Mode: int64(f.mode),
			ModTime: r.date, Uname: "root", Gname: "root", Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return zipped.Close()
}

func (p product) zip(to io.Writer, r *release) error {
	w := zip.NewWriter(to)
	for _, f := range p.files {
		h := &zip.FileHeader{Name: p.name(r) + "/" + f.path, Method: zip.Deflate, Modified: r.date}
		h.SetMode(f.mode)
		member, err := w.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := member.Write(f.data); err != nil {
			return err
		}
	}
	return w.Close()
}
