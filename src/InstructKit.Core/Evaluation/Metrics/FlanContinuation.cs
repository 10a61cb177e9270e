namespace InstructKit.Evaluation.Metrics;

/// <summary>The answer in the continuation of a base model, which runs on into further made-up examples (google-research/FLAN <c>flan/postprocessors.py</c>):
/// cut at the next question, leading characters dropped up to the first letter.</summary>
internal static class FlanContinuation
{
    /// <summary>The part of the text that is the answer; trailing white space is kept.</summary>
    public static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text)
    {
        text = Cut(Cut(Cut(text, "Q:"u8), "Concepts:"u8), "Data:"u8);
        while (!text.IsEmpty)
        {
            var length = PythonCharacters.Decode(text, out var codePoint);
            if (Rune.IsLetter(new Rune(codePoint))) break;
            text = text[length..];
        }

        return text;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, ReadOnlySpan<byte> stop) => text.IndexOf(stop) is var at and >= 0 ? text[..at] : text;
}
