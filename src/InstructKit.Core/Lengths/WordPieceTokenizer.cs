using System.Buffers;

namespace InstructKit.Lengths;

/// <summary>BERT's vocabulary, in which tokens inside words have a prefix, and the rules of its normaliser.</summary>
/// <param name="Unknown">Id of the unknown token; -1 if it is not in the vocabulary.</param>
internal sealed record WordPieceModel(string Name, TokenVocabulary Vocabulary, int Unknown) : TokenModel(Name, Vocabulary)
{
    /// <summary>Prefix of tokens inside a word.</summary>
    public required byte[] Prefix { get; init; }

    /// <summary>A word with more characters is unknown.</summary>
    public required int MaxCharacters { get; init; }

    /// <summary>True when control characters are removed.</summary>
    public required bool CleansText { get; init; }

    /// <summary>True when every ideograph is a word.</summary>
    public required bool SeparatesIdeographs { get; init; }

    /// <summary>True when letters are lower-cased.</summary>
    public required bool Lowers { get; init; }

    /// <summary>True when accents are removed.</summary>
    public required bool StripsAccents { get; init; }
}

/// <summary>BERT's WordPiece: words and single punctuation marks, each encoded greedily with the longest tokens from its beginning.</summary>
internal sealed class WordPieceTokenizer(WordPieceModel model) : PieceTokenizer(model)
{
    // Everything below U+00C0 begins with a smaller byte, decomposes into itself and is not an accent.
    private const byte FirstAccented = 0xC3;

    private readonly ArrayBufferWriter<byte> _word = new(256);
    private readonly ArrayBufferWriter<byte> _decomposed = new();
    private readonly ArrayBufferWriter<byte> _normalized = new();
    private readonly List<int> _found = [];
    private byte[] _piece = new byte[256];

    private enum CharacterKind
    {
        Word,
        Space,
        Single,
        Removed,
    }

    public override ITokenizer Fork() => new WordPieceTokenizer(model);

    protected override int LengthOf(int id) => id == model.Unknown ? 1 : model.Vocabulary.BytesOf(id).Length;

    /// <summary>With accents removed if the model does so: cleaned, decomposed (NFD), without marks that take no space.</summary>
    protected override ReadOnlySpan<byte> Normalized(ReadOnlySpan<byte> text)
    {
        if (!model.StripsAccents || text.IndexOfAnyInRange(FirstAccented, (byte)0xFF) < 0) return text;

        CopyIf(text, _normalized, static (model, rune) => !model.CleansText || !IsCleaned(rune, Rune.GetUnicodeCategory(rune)));
        _decomposed.ResetWrittenCount();
        UnicodeForms.AppendNfd(_normalized.WrittenSpan, _decomposed);
        CopyIf(_decomposed.WrittenSpan, _normalized, static (_, rune) => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark);
        return _normalized.WrittenSpan.SequenceEqual(text) ? text : _normalized.WrittenSpan;
    }

    private void CopyIf(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output, Func<WordPieceModel, Rune, bool> isKept)
    {
        output.ResetWrittenCount();
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var length);
            if (isKept(model, rune)) output.Write(text[..length]);
            text = text[length..];
        }
    }

    protected override int NextPiece(ReadOnlySpan<byte> text, int start)
    {
        var kind = KindAt(text, start, out var length);
        var end = start + length;
        if (kind == CharacterKind.Single) return end;

        // White space goes with the word after it, removed characters with the word that they are in.
        for (var isInWord = kind == CharacterKind.Word; end < text.Length; end += length)
        {
            var next = KindAt(text, end, out length);
            if (next == CharacterKind.Single || (next == CharacterKind.Space && isInWord)) break;

            isInWord |= next == CharacterKind.Word;
        }

        return end;
    }

    protected override int EncodePiece(ReadOnlySpan<byte> text, int start, int end, List<int>? ids)
    {
        var characters = Normalise(text[start..end]);
        if (characters == 0) return 0;

        _found.Clear();
        var word = _word.WrittenSpan;
        if (characters > model.MaxCharacters || !Match(word))
        {
            _found.Clear();
            _found.Add(model.Unknown >= 0 ? model.Unknown : throw TokenizerCodes.Error(TokenizerCodes.InvalidFile, $"{Name}: a word is unknown and the vocabulary has no token for that"));
        }

        ids?.AddRange(_found);
        return _found.Count;
    }

    // The longest token at each position; false if there is none.
    private bool Match(ReadOnlySpan<byte> word)
    {
        var prefix = model.Prefix;
        if (_piece.Length < prefix.Length + word.Length) _piece = new byte[prefix.Length + (2 * word.Length)];

        for (var at = 0; at < word.Length;)
        {
            var before = at == 0 ? 0 : prefix.Length;
            prefix.AsSpan(0, before).CopyTo(_piece);
            word[at..].CopyTo(_piece.AsSpan(before));
            var length = Math.Min(word.Length - at, model.Vocabulary.MaxLength);
            var id = -1;
            for (; length > 0; length--)
            {
                var isBorder = at + length == word.Length || (word[at + length] & 0xC0) != 0x80;
                if (isBorder && (id = model.Vocabulary.Find(_piece.AsSpan(0, before + length), 0, before + length)) >= 0) break;
            }

            if (length == 0) return false;

            _found.Add(id);
            at += length;
        }

        return true;
    }

    // Writes the piece as seen by the model and returns its number of characters.
    private int Normalise(ReadOnlySpan<byte> piece)
    {
        _word.ResetWrittenCount();
        var characters = 0;
        while (!piece.IsEmpty)
        {
            var kind = KindAt(piece, 0, out var length);
            _ = Rune.DecodeFromUtf8(piece, out var rune, out _);
            piece = piece[length..];
            if (kind is CharacterKind.Removed or CharacterKind.Space) continue;

            // The only letter whose lower case is two characters.
            if (model.Lowers && rune.Value == 0x130)
            {
                _word.Write("i\u0307"u8);
                characters += 2;
                continue;
            }

            var written = (model.Lowers ? Rune.ToLowerInvariant(rune) : rune).EncodeToUtf8(_word.GetSpan(4));
            _word.Advance(written);
            characters++;
        }

        return characters;
    }

    private CharacterKind KindAt(ReadOnlySpan<byte> text, int position, out int length)
    {
        if (Rune.DecodeFromUtf8(text[position..], out var rune, out length) != OperationStatus.Done) rune = Rune.ReplacementChar;

        var value = rune.Value;
        if (value < 0x80 && char.IsAsciiLetterOrDigit((char)value)) return CharacterKind.Word;

        var category = Rune.GetUnicodeCategory(rune);
        if (model.CleansText && IsCleaned(rune, category)) return CharacterKind.Removed;

        if (Rune.IsWhiteSpace(rune)) return CharacterKind.Space;

        var isPunctuation = value < 0x80 ? !IsControl(rune, category) : category is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;
        return isPunctuation || (model.SeparatesIdeographs && IsIdeograph(value)) ? CharacterKind.Single : CharacterKind.Word;
    }

    private static bool IsCleaned(Rune rune, UnicodeCategory category) => IsControl(rune, category) || rune == Rune.ReplacementChar;

    // Of the controls only these three are white space.
    private static bool IsControl(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse && rune.Value is not ('\t' or '\n' or '\r');

    // The blocks named in BERT's own code.
    private static bool IsIdeograph(int value) => value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
