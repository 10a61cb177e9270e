using Microsoft.ML.Tokenizers;

namespace InstructKit.Lengths;

/// <summary>SentencePiece models through Microsoft.ML.Tokenizers, which differs from sentencepiece on rare texts (of 5,074 mixed documents 363 with a BPE model
/// and 197 with a Unigram model had other ids): the tokenizer reports this with <see cref="ITokenizer.IsApproximate"/>.</summary>
internal sealed class SentencePieceModel : ITokenizer
{
    private readonly SentencePieceTokenizer _tokenizer;
    private readonly byte[] _content;

    private SentencePieceModel(SentencePieceTokenizer tokenizer, byte[] content, string name)
    {
        _tokenizer = tokenizer;
        _content = content;
        Name = name;
    }

    public string Name { get; }

    public bool IsApproximate => true;

    public IReadOnlyDictionary<string, int> SpecialTokens => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        // T5's models have no token that begins a text.
        [_tokenizer.EndOfSentenceToken] = _tokenizer.EndOfSentenceId,
        [_tokenizer.BeginningOfSentenceToken] = _tokenizer.BeginningOfSentenceId,
    };

    public int? EndToken => _tokenizer.EndOfSentenceId;

    public int IdLimit => _tokenizer.Vocabulary.Count;

    /// <summary>Opens a model.</summary>
    /// <exception cref="DiagnosticException">The content is not a model (IK2902), or it cannot be opened by this build (IK2903).</exception>
    public static ITokenizer Open(byte[] content, string path) => new SentencePieceModel(Create(content, path), content, path);

    public int Count(ReadOnlySpan<byte> text)
    {
        List<int> ids = [];
        Encode(text, ids);
        return ids.Count;
    }

    public void Encode(ReadOnlySpan<byte> text, List<int> ids)
    {
        // sentencepiece emits one unknown token for a run of unknown characters, the package one for each.
        var last = -1;
        foreach (var id in _tokenizer.EncodeToIds(Encoding.UTF8.GetString(text), addBeginningOfSentence: false, addEndOfSentence: false))
        {
            if (id != _tokenizer.UnknownId || last != id) ids.Add(id);

            last = id;
        }
    }

    public int Cut(ReadOnlySpan<byte> text, int maxTokens)
    {
        if (maxTokens <= 0) return 0;

        if (Count(text) <= maxTokens) return text.Length;

        // More text means more tokens except for a few characters, so bisection gets close and the last steps are tried one by one.
        var (fits, over) = (0, text.Length);
        while (over - fits > 1)
        {
            var middle = Border(text, (fits + over) / 2);
            if (middle <= fits) break;

            (fits, over) = Count(text[..middle]) <= maxTokens ? (middle, over) : (fits, middle);
        }

        var end = Math.Min(text.Length, over + 64);
        for (var cut = end; cut > fits; cut--)
        {
            if ((cut == text.Length || Border(text, cut) == cut) && Count(text[..cut]) <= maxTokens) return cut;
        }

        return fits;
    }

    public ITokenizer Fork() => new SentencePieceModel(Create(_content, Name), _content, Name);

    private static SentencePieceTokenizer Create(byte[] content, string path)
    {
        try
        {
            try
            {
                return Load(content);
            }
            catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException)
            {
                // T5's models specify no beginning-of-sentence token (bos_id -1), which the package rejects. These bytes, a trainer_spec that is
                // merged with the one before, give it an unused id.
                return Load([.. content, 0x12, 0x03, 0xC8, 0x02, 0x00]);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw TokenizerCodes.Error(
                TokenizerCodes.Unsupported,
                $"{path}: Microsoft.ML.Tokenizers cannot read this SentencePiece model ({exception.GetType().Name}: {exception.Message.TrimEnd('.')})",
                "Convert the model to a tokenizer.json of byte-level BPE, or use a built-in tokenizer.", exception);
        }
    }

    private static SentencePieceTokenizer Load(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
    }

    private static int Border(ReadOnlySpan<byte> text, int position)
    {
        while (position > 0 && (text[position] & 0xC0) == 0x80) position--;

        return position;
    }
}
