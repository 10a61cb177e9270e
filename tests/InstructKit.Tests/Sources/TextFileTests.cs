using InstructKit.Sources.Files;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Bounds on plan, task, template and lock files.</summary>
public sealed class TextFileTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void A_file_of_the_limit_is_read_and_one_byte_more_is_refused(int limit)
    {
        var bytes = Enumerable.Range(0, limit).Select(i => (byte)('a' + (i % 26))).ToArray();
        Assert.Equal(bytes, TextFile.Bytes(_folder.Add("t", bytes).Path, limit));
        var path = _folder.Add("t", [.. bytes, 1]).Path;
        Assert.Equal($"error IK2018: '{path}' is larger than {limit} bytes. Raise --max-text-bytes if that is right.", Error(path, limit));
    }

    [Fact]
    public void A_device_is_refused_and_a_file_without_a_length_is_read_within_the_limit()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev and /proc");
        Assert.Equal("error IK2018: '/dev/zero' cannot be read: it is a device, expected a file.", Error("/dev/zero", 10));
        // The length reported by /proc is 0; the bytes read count.
        Assert.NotEmpty(TextFile.Bytes("/proc/self/status", 1 << 20));
        Assert.StartsWith("error IK2018: '/proc/self/status' is larger than 10 bytes.", Error("/proc/self/status", 10), StringComparison.Ordinal);
    }

    private static string Error(string path, long limit) => Assert.Throws<DiagnosticException>(() => TextFile.Bytes(path, limit)).Diagnostics.Single().ToString();
}
