namespace InstructKit.Lengths;

/// <summary>The data of a tokenizer of pieces; shared by all threads.</summary>
/// <param name="Name">The built-in name, or the path of the file.</param>
/// <param name="Vocabulary">The tokens of texts.</param>
internal abstract record TokenModel(string Name, TokenVocabulary Vocabulary)
{
    public IReadOnlyDictionary<string, int> SpecialTokens { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>See <see cref="ITokenizer.StrippingTokens"/>.</summary>
    public IReadOnlyDictionary<string, TokenStrip> StrippingTokens { get; init; } = new Dictionary<string, TokenStrip>(StringComparer.Ordinal);

    /// <summary>The special token that ends a text; null if the vocabulary does not specify one.</summary>
    public int? EndToken { get; init; }
}

/// <summary>A tokenizer that splits text into pieces and encodes each separately; truncating to a number of tokens is the same for all of them.</summary>
internal abstract class PieceTokenizer(TokenModel model) : ITokenizer
{
    // Number of pieces before a prefix's last one that can differ from those of the whole text: a cut inside white space joins it with the previous piece.
    private const int Unsettled = 2;

    // From this length on not every character of a piece is tried.
    private const int LongPiece = 512;

    // Bytes beyond the boundary of the normal form in which a longer prefix can fit.
    private const int NormalizedReach = 64;

    private readonly List<int> _scratch = [];

    public string Name => model.Name;

    public bool IsApproximate => false;

    public IReadOnlyDictionary<string, int> SpecialTokens => model.SpecialTokens;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TokenStrip> StrippingTokens => model.StrippingTokens;

    public int? EndToken => model.EndToken;

    public int IdLimit => SpecialTokens.Values.Append(model.Vocabulary.IdLimit - 1).Max() + 1;

    private int MaxTokenLength => model.Vocabulary.MaxLength;

    public int Count(ReadOnlySpan<byte> text) => Run(Normalized(text), null);

    public void Encode(ReadOnlySpan<byte> text, List<int> ids) => Run(Normalized(text), ids);

    public int Cut(ReadOnlySpan<byte> text, int maxTokens)
    {
        if (maxTokens <= 0) return 0;

        var normalized = Normalized(text);
        if (normalized == text) return CutNormalized(text, maxTokens);

        var length = CutNormalized(normalized, maxTokens);
        return length == normalized.Length ? text.Length : CutOriginal(text, length, maxTokens);
    }

    private int CutNormalized(ReadOnlySpan<byte> text, int maxTokens)
    {
        // Where pieces begin, with the tokens before them, as far as a prefix within the budget can extend.
        List<(int Start, int Tokens)> pieces = [];
        var (position, tokens, beyond) = (0, 0, 0);
        while (position < text.Length && beyond <= Unsettled + 1)
        {
            pieces.Add((position, tokens));
            var end = NextPiece(text, position);
            if (tokens <= maxTokens) tokens += EncodePiece(text, position, end, null);

            if (tokens > maxTokens) beyond++;

            position = end;
        }

        if (beyond == 0) return text.Length;

        pieces.Add((position, tokens));
        for (var i = pieces.Count - 2; i >= 0; i--)
        {
            var restart = pieces[Math.Max(0, i - Unsettled)];
            if (restart.Tokens > maxTokens) continue;

            if (CutInside(text, restart, pieces[i].Start, pieces[i + 1].Start, maxTokens) is > 0 and var cut) return cut;
        }

        return 0;
    }

    public abstract ITokenizer Fork();

    protected abstract int NextPiece(ReadOnlySpan<byte> text, int start);

    /// <summary>Encodes one piece: returns the number of its tokens, and appends their ids if there is a list.</summary>
    protected abstract int EncodePiece(ReadOnlySpan<byte> text, int start, int end, List<int>? ids);

    /// <summary>The text as it is encoded; the same span when nothing changes. Valid until the next call.</summary>
    protected virtual ReadOnlySpan<byte> Normalized(ReadOnlySpan<byte> text) => text;

    /// <summary>Encodes all pieces.</summary>
    protected virtual int Run(ReadOnlySpan<byte> text, List<int>? ids)
    {
        var count = 0;
        for (var position = 0; position < text.Length;)
        {
            var end = NextPiece(text, position);
            count += EncodePiece(text, position, end, ids);
            position = end;
        }

        return count;
    }

    // The longest prefix of a text that is normalised, near the one whose normal form has a given length: that length grows with the prefix except for the
    // few characters that compose.
    private int CutOriginal(ReadOnlySpan<byte> text, int length, int maxTokens)
    {
        var (low, high) = (0, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            var border = middle;
            while (border < text.Length && (text[border] & 0xC0) == 0x80) border--;

            (low, high) = Normalized(text[..border]).Length <= length ? (middle, high) : (low, middle - 1);
        }

        for (var cut = Math.Min(text.Length, low + NormalizedReach); cut > 0; cut--)
        {
            var isBorder = cut == text.Length || (text[cut] & 0xC0) != 0x80;
            if (isBorder && Count(text[..cut]) <= maxTokens) return cut;
        }

        return 0;
    }

    // The longest prefix that ends inside (start, end] and fits; 0 if none does.
    private int CutInside(ReadOnlySpan<byte> text, (int Start, int Tokens) restart, int start, int end, int maxTokens)
    {
        var last = end - start > LongPiece ? LastOf(text, start, end, maxTokens - restart.Tokens - Run(text[restart.Start..start], null)) : end;

        for (var cut = last; cut > start; cut--)
        {
            var isBorder = cut == text.Length || (text[cut] & 0xC0) != 0x80;
            if (isBorder && restart.Tokens + Run(text[restart.Start..cut], null) <= maxTokens) return cut;
        }

        return 0;
    }

    // Where the longest prefix of a long piece can end: a prefix has at most one token more than one that is a token shorter, so if all prefixes within a few token
    // lengths exceed the budget, all longer ones do.
    private int LastOf(ReadOnlySpan<byte> text, int start, int end, int budget)
    {
        var reach = (int)Math.Min(end, start + ((long)Math.Max(0, budget) + 1) * MaxTokenLength);
        _scratch.Clear();
        EncodePiece(text, start, reach, _scratch);
        var at = start;
        foreach (var id in _scratch.Take(Math.Max(0, budget))) at += LengthOf(id);
        return Math.Min(end, at + (4 * MaxTokenLength));
    }

    /// <summary>The number of bytes encoded by a token.</summary>
    protected virtual int LengthOf(int id) => model.Vocabulary.BytesOf(id).Length;
}
