namespace InstructKit.Evaluation.Metrics;

/// <summary>Normalises an answer before it is compared: lower case, punctuation, the articles a, an and the, white space, in this order. SQuAD and CoQA (their
/// official scripts, T5 <c>qa_utils.py</c>) delete ASCII punctuation; TriviaQA turns it, and ‘ ’ ´, into spaces.</summary>
internal sealed class AnswerNormalizer
{
    private readonly bool _spacesPunctuation;

    private AnswerNormalizer(bool spacesPunctuation) => _spacesPunctuation = spacesPunctuation;

    public static AnswerNormalizer Squad { get; } = new(spacesPunctuation: false);

    public static AnswerNormalizer TriviaQa { get; } = new(spacesPunctuation: true);

    /// <summary>Writes the normalised text to <paramref name="output"/>, which is cleared first.</summary>
    public void Normalize(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        PythonCharacters.Lower(text, spare);
        var kept = 0;
        var lower = spare.Items;
        for (var i = 0; i < lower.Length;)
        {
            var length = PythonCharacters.Decode(lower[i..], out var codePoint);
            if (!PythonCharacters.IsAsciiPunctuation(lower[i]) && !(_spacesPunctuation && codePoint is (0x2018 or 0x2019 or 0xB4)))
            {
                lower.Slice(i, length).CopyTo(lower[kept..]);
                kept += length;
            }
            else if (_spacesPunctuation) lower[kept++] = (byte)' ';

            i += length;
        }

        output.Clear();
        RemoveArticles(lower[..kept], output);
    }

    /// <summary>Appends the text with every whole word a, an or the replaced by a space, and white space collapsed and trimmed.</summary>
    public static void RemoveArticles(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
        var (start, pending) = (output.Count, false);
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            while (end < text.Length)
            {
                var length = PythonCharacters.Decode(text[end..], out var codePoint);
                if (!PythonCharacters.IsWord(codePoint)) break;
                end += length;
            }

            var piece = text[i..end];
            if (piece.IsEmpty)
            {
                var space = PythonCharacters.SpaceLength(text[i..]);
                piece = space > 0 ? [] : text.Slice(i, PythonCharacters.Decode(text[i..], out _));
                end = i + Math.Max(space, piece.Length);
            }
            else if (piece.SequenceEqual("a"u8) || piece.SequenceEqual("an"u8) || piece.SequenceEqual("the"u8)) piece = [];

            i = end;
            if (piece.IsEmpty)
            {
                pending = true;
                continue;
            }

            if (pending && output.Count > start) output.Add((byte)' ');
            pending = false;
            output.AddRange(piece);
        }
    }
}
