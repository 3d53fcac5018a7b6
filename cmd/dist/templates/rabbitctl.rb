class Rabbitctl < Formula
  desc "Administer RabbitMQ without Erlang"
  homepage "{{.Homepage}}"
  version "{{.Version}}"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "{{url "darwin" "arm64"}}"
      sha256 "{{sum "darwin" "arm64"}}"
    end
    on_intel do
      url "{{url "darwin" "amd64"}}"
      sha256 "{{sum "darwin" "amd64"}}"
    end
  end

  on_linux do
    on_arm do
      url "{{url "linux" "arm64"}}"
      sha256 "{{sum "linux" "arm64"}}"
    end
    on_intel do
      url "{{url "linux" "amd64"}}"
      sha256 "{{sum "linux" "amd64"}}"
    end
  end

  def install
    bin.install "rabbitctl"
    man1.install Dir["man/man1/*.1"]
    bash_completion.install "completions/rabbitctl.bash" => "rabbitctl"
    zsh_completion.install "completions/_rabbitctl"
    fish_completion.install "completions/rabbitctl.fish"
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/rabbitctl --version").strip
  end
end
