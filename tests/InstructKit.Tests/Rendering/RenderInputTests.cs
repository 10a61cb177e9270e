using System.IO.Compression;
using InstructKit.Rendering;
using InstructKit.Sources;
using InstructKit.Templating.Settings;
using Xunit;

namespace InstructKit.Tests.Rendering;

/// <summary>Input that is not JSON Lines in UTF-8.</summary>
public sealed class RenderInputTests
{
    [Fact]
    public void Packed_data_in_a_stream_is_refused_by_name()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("{\"n\": 1}\n"u8);

        Assert.Equal("error IK3017: <stdin>: this is compressed; give the file's name, or decompress it, as zcat does.", Error(packed.ToArray()));
        Assert.StartsWith("error IK3017: <stdin>: this is compressed", Error([0x28, 0xB5, 0x2F, 0xFD, 0]), StringComparison.Ordinal);
        Assert.StartsWith("error IK3017: <stdin>: this is a zip archive", Error([.. "PK\u0003\u0004 and more"u8]), StringComparison.Ordinal);
        Assert.StartsWith("error IK3013: <stdin>: the byte-order mark says UTF-16", Error([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}\n")]), StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_name_their_option()
    {
        var limits = new SourceLimits { MaxLineBytes = 2_000_000, MaxColumns = 2, MaxJsonDepth = 3 };
        Assert.Equal(
            "<stdin>:1:1: error IK3012: the line is longer than 2000000 bytes; raise --max-line-bytes if that is right.",
            Error(Encoding.UTF8.GetBytes($"{{\"n\": \"{new string('x', 4_000_000)}\"}}"), limits));
        Assert.Equal("{\"output\": \"1\"}\n", Output("""{"n": 1, "b": [[3]]}""", limits));
        Assert.Contains("more than 2 keys (--max-columns)", Output("""{"n": 1, "b": 2, "c": 3}""", limits), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 3 levels (--max-json-depth)", Output("""{"n": 1, "b": [[[3]]]}""", limits), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_ends_within_a_row()
    {
        // The first block is being rendered when the run is cancelled; the row would count to 10^12.
        var request = new RenderRequest
        {
            Template = SourceText.FromText("t", "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% for l in range(1000) %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}"),
            Limits = RenderLimits.Default with { Steps = int.MaxValue, BuiltBytes = int.MaxValue },
        };
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var output = new MemoryStream();
        Assert.ThrowsAny<OperationCanceledException>(() => RenderFilter.Run(request, new MemoryStream("{}\n"u8.ToArray()), "<stdin>", output, cancel.Token));
    }

    private static string Output(string line, SourceLimits limits)
    {
        using var output = new MemoryStream();
        RenderFilter.Run(Request(limits), new MemoryStream(Encoding.UTF8.GetBytes(line)), "<stdin>", output, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static RenderRequest Request(SourceLimits? limits) =>
        new() { Template = SourceText.FromText("t", "{{ n }}"), Jobs = 2, InputLimits = limits ?? new SourceLimits() };

    private static string Error(byte[] input, SourceLimits? limits = null)
    {
        var request = Request(limits);
        using var output = new MemoryStream();
        var only = Assert.Single(Assert.Throws<DiagnosticException>(
            () => RenderFilter.Run(request, new MemoryStream(input), "<stdin>", output, TestContext.Current.CancellationToken)).Diagnostics);
        Assert.Equal(0, output.Length);
        return only.ToString();
    }
}
