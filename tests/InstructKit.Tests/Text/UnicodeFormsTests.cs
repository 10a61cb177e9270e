using System.Buffers;
using Xunit;

namespace InstructKit.Tests.Text;

/// <summary>Unicode's own conformance data: a committed sample of NormalizationTest.txt, and the whole file if <c>INSTRUCTKIT_VECTORS</c> names a folder
/// with it. Folded texts are from Python's <c>str.casefold</c> and <c>unicodedata.normalize</c>.</summary>
public sealed class UnicodeFormsTests
{
    private delegate void Append(ReadOnlySpan<byte> text, IBufferWriter<byte> output);

    [Fact]
    public void A_sample_of_the_conformance_test() => Conform(RepositoryRoot.At("tests", "InstructKit.Tests", "Text", "NormalizationSample.txt"), 400);

    [Fact]
    public void The_whole_conformance_test()
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable("INSTRUCTKIT_VECTORS") ?? "/nonexistent", "NormalizationTest.txt");
        Assert.SkipUnless(File.Exists(path), "INSTRUCTKIT_VECTORS names no folder with NormalizationTest.txt.");
        var sources = Conform(path, 18_000);
        // Every character that part 1 does not list is its own normal form.
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (code is >= 0xD800 and <= 0xDFFF || sources.Contains(char.ConvertFromUtf32(code))) continue;

            var text = char.ConvertFromUtf32(code);
            Assert.Equal(text, Run(UnicodeForms.AppendNfc, text));
            Assert.Equal(text, Run(UnicodeForms.AppendNfkc, text));
        }
    }

    [Theory]
    [InlineData("Straße", "strasse", "strasse")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφοσ", "σίσυφοσ")]
    [InlineData("ﬃ", "ffi", "ffi")]
    [InlineData("\u0130", "i\u0307", "i\u0307")]
    [InlineData("\u01F0", "j\u030C", "\u01F0")]
    [InlineData("\u13A0\uAB70", "\u13A0\u13A0", "\u13A0\u13A0")]
    [InlineData("\u1F88", "\u1F00\u03B9", "\u1F00\u03B9")]
    [InlineData("\u03B1\u0313\u0345\u0308", "\u03B1\u0313\u03B9\u0308", "\u1F00\u0308\u03B9")]
    [InlineData("\u33AF", "\u33AF", "rad\u2215s2")]
    [InlineData("Plain ASCII, 7 bits", "plain ascii, 7 bits", "plain ascii, 7 bits")]
    [InlineData("", "", "")]
    public void Case_folding_is_that_of_Python(string text, string folded, string key)
    {
        Assert.Equal(folded, Run(UnicodeForms.AppendCaseFold, text));
        Assert.Equal(key, Run(UnicodeForms.AppendCaselessKey, text));
    }

    [Fact]
    public void Text_around_a_change_stays_and_bad_bytes_are_replaced()
    {
        Assert.Equal("a\u00E9b\u0301c", Run(UnicodeForms.AppendNfc, "ae\u0301b\u0301c"));
        ArrayBufferWriter<byte> output = new();
        UnicodeForms.AppendNfc([(byte)'a', 0xFF, (byte)'b', 0xC3], output);
        Assert.Equal("a\uFFFDb\uFFFD", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_long_run_of_combining_characters_is_ordered_stably()
    {
        // 300,000 marks of two classes: those of class 220 come first, each class in its own order.
        var text = new StringBuilder("x");
        for (var i = 0; i < 100_000; i++) text.Append("\u0302\u0323\u0303");

        var expected = "x" + new string('\u0323', 100_000) + string.Concat(Enumerable.Repeat("\u0302\u0303", 100_000));
        var found = Run(UnicodeForms.AppendNfc, text.ToString());
        Assert.Equal("\u1E8B", Run(UnicodeForms.AppendNfc, "x\u0307"));
        Assert.Equal(expected.Length, found.Length);
        Assert.Equal(expected, found);
    }

    private static HashSet<string> Conform(string path, int least)
    {
        HashSet<string> sources = new(StringComparer.Ordinal);
        var tested = 0;
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith('@') || line.Split('#')[0].Split(';') is not { Length: >= 5 } columns) continue;

            var texts = columns.Take(5).Select(column => string.Concat(column.Split(' ').Select(code => char.ConvertFromUtf32(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))))).ToArray();
            sources.Add(texts[0]);
            tested++;
            Assert.All([texts[0], texts[1], texts[2]], text => Assert.Equal(texts[1], Run(UnicodeForms.AppendNfc, text)));
            Assert.All([texts[3], texts[4]], text => Assert.Equal(texts[3], Run(UnicodeForms.AppendNfc, text)));
            Assert.All([texts[0], texts[1], texts[2]], text => Assert.Equal(texts[2], Run(UnicodeForms.AppendNfd, text)));
            Assert.All([texts[3], texts[4]], text => Assert.Equal(texts[4], Run(UnicodeForms.AppendNfd, text)));
            Assert.All(texts, text => Assert.Equal(texts[3], Run(UnicodeForms.AppendNfkc, text)));
        }

        Assert.True(tested >= least, $"{tested} lines were tested.");
        return sources;
    }

    private static string Run(Append append, string text)
    {
        ArrayBufferWriter<byte> output = new();
        append(Encoding.UTF8.GetBytes(text), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
