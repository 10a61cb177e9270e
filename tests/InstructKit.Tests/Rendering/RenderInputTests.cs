using System.IO.Compression;
using System.Text;
using InstructKit.Diagnostics;
using InstructKit.Rendering;
using Xunit;

namespace InstructKit.Tests.Rendering;

/// <summary>What a stream brings that is no JSON Lines in UTF-8.</summary>
public sealed class RenderInputTests
{
    [Fact]
    public void Packed_data_in_a_stream_is_refused_by_name()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("{\"n\": 1}\n"u8);
        }

        Assert.Equal("error IK3017: <stdin>: this is compressed; give the file's name, or unpack it on the way, as zcat does.", Error(packed.ToArray()));
        Assert.StartsWith("error IK3017: <stdin>: this is compressed", Error([0x28, 0xB5, 0x2F, 0xFD, 0]), StringComparison.Ordinal);
        Assert.StartsWith("error IK3017: <stdin>: this is a zip archive", Error([.. "PK\u0003\u0004 and more"u8]), StringComparison.Ordinal);
        Assert.StartsWith("error IK3013: <stdin>: the byte-order mark says UTF-16", Error([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}\n")]), StringComparison.Ordinal);
    }

    private static string Error(byte[] input)
    {
        var request = new RenderRequest { Template = SourceText.FromText("t", "{{ n }}"), Jobs = 2 };
        using var output = new MemoryStream();
        var only = Assert.Single(Assert.Throws<DiagnosticException>(
            () => RenderFilter.Run(request, new MemoryStream(input), "<stdin>", output, TestContext.Current.CancellationToken)).Diagnostics);
        Assert.Equal(0, output.Length);
        return only.ToString();
    }
}
