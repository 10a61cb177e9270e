namespace InstructKit.Sources.Json;

/// <summary>Reads whole JSON documents record by record. Only one element of the outermost array or object on the path is held at a time, unless a
/// column requests the whole document.</summary>
internal sealed class JsonDocumentReader : UnitRowReader
{
    private readonly RecordPath? _given;
    private readonly RecordPath?[] _paths;
    private readonly bool _needsRoot;
    private readonly List<string> _keysSeen = [];
    private JsonCutter? _cutter;
    private string _name = string.Empty;
    private RecordPath _path = RecordPath.Whole;
    private Stage _stage;
    private byte _close;
    private int _index;
    private int _stepsDone;
    private bool _anyUnit;
    private int _documents;
    private long _firstLine;
    private bool _isSequence;
    private string? _missingKey;

    public static SourceFormat Format { get; } = new(
        "json", input => new JsonDocumentReader(input), JsonColumns.Of)
    {
        Extensions = [".json"],
        RefusesWebPages = true,
    };

    public JsonDocumentReader(SourceInput input)
        : base(input)
    {
        _given = input.Spec.Records is { } records ? RecordPath.Parse(records) : null;
        _paths = new RecordPath?[input.Files.Count];
        _needsRoot = input.Columns.Contains("root", StringComparer.Ordinal);
    }

    private enum Stage
    {
        /// <summary>Before a top-level value, or at the end.</summary>
        TopLevel,

        /// <summary>Before an element of a top-level array.</summary>
        TopArray,

        /// <summary>Before an element of the level being iterated over.</summary>
        Level,
    }

    private JsonCutter Cutter => _cutter!;

    protected override void OpenFile(int file)
    {
        _name = Input.Files[file].Name;
        _path = _given ?? Discover(file);
        _paths[file] = _path;
        _cutter = NewCutter(file);
        _stage = Stage.TopLevel;
        _anyUnit = false;
        _documents = 0;
        _isSequence = false;
        _missingKey = null;
        _keysSeen.Clear();
        if (Cutter.Peek() < 0) throw Cutter.Wrong("expected a JSON value");
    }

    protected override void CloseFile()
    {
        _cutter?.Dispose();
        _cutter = null;
    }

    protected override RecordWalker CreateWalker(int file) => new(Spec, _paths[file]!, Columns, isXml: false);

    protected override bool AppendPiece(RowBatch batch, List<JsonPiece> pieces)
    {
        while (true)
        {
            var line = Cutter.Line;
            switch (_stage)
            {
                case Stage.TopLevel when Cutter.Peek() < 0:
                    RefuseMissingKey();
                    return false;
                case Stage.TopLevel:
                    BeginDocument(line);
                    if (TopLevel(batch, pieces)) return true;

                    break;
                default:
                    if (Cutter.TryTake(_close))
                    {
                        Leave();
                        break;
                    }

                    Element(batch, pieces);
                    return true;
            }
        }
    }

    // Indented objects may follow one another, as tools write them, and others if the layout allows it; anything else after a document is an error.
    private void BeginDocument(long line)
    {
        var isObject = Cutter.Peek() == '{';
        if (_documents++ == 0) (_firstLine, _isSequence) = (Cutter.Line, isObject);
        else if (_documents == 2) _isSequence &= line > _firstLine || Spec.Sequence;

        if (_documents > 1 && !(isObject && _isSequence))
        {
            throw Cutter.Wrong(_documents == 2 && line == _firstLine && Cutter.Line > line && Cutter.Peek() is '{' or '[' && !Spec.Sequence
                ? "text after the document; a file with one JSON value a line is read with `format: jsonl`"
                : "text after the document, expected the end of the file");
        }
    }

    private JsonCutter NewCutter(int file) => new(Opener.Open(Input.Files[file], out var start), _name, Spec, start.Bytes);

    // An object whose only key holds an array of objects is a wrapper around its records. One with more keys is a record, unless `records:` names its list.
    private RecordPath Discover(int file)
    {
        using var cutter = NewCutter(file);
        if (!cutter.TryTake((byte)'{')) return RecordPath.Whole;

        var keys = 0;
        List<string> arrays = [];
        if (!cutter.TryTake((byte)'}'))
        {
            do
            {
                var key = System.Text.Encoding.UTF8.GetString(cutter.Key());
                keys++;
                if (cutter.TryTake((byte)'['))
                {
                    if (cutter.Peek() == '{') arrays.Add(key);

                    if (!cutter.TryTake((byte)']'))
                    {
                        do cutter.SkipValue();
                        while (cutter.HasMore((byte)']'));
                    }
                }
                else
                {
                    cutter.SkipValue();
                }
            }
            while (cutter.HasMore((byte)'}'));
        }

        return arrays is [var only] && keys == 1 && cutter.Peek() < 0
            ? new RecordPath([new RecordStep(RecordStepKind.Key, only), new RecordStep(RecordStepKind.Elements, only)])
            : RecordPath.Whole;
    }

    // Descends into the value as far as the path consists of keys; true when the value itself was appended as a piece.
    private bool TopLevel(RowBatch batch, List<JsonPiece> pieces)
    {
        var steps = _path.Steps;
        _stepsDone = 0;
        _index = 0;
        if (Cutter.Peek() == '[' && (steps.IsEmpty || steps[0].Kind != RecordStepKind.Elements))
        {
            Cutter.TryTake((byte)'[');
            (_stage, _close) = (Stage.TopArray, (byte)']');
            return false;
        }

        if (_needsRoot || steps.IsEmpty)
        {
            Piece(batch, pieces, -1, [], hasKey: false);
            return true;
        }

        while (_stepsDone < steps.Length && steps[_stepsDone].Kind == RecordStepKind.Key)
        {
            if (Cutter.Peek() != '{')
            {
                throw SourceError.At(
                    SourceCodes.UnexpectedType, _name, Cutter.Line, Cutter.Character, $"expected an object with the key '{steps[_stepsDone].Name}' on the path to the records");
            }

            if (!Descend(steps[_stepsDone]))
            {
                CloseAll(_stepsDone);
                return false;
            }

            _stepsDone++;
        }

        if (_stepsDone == steps.Length)
        {
            Piece(batch, pieces, -1, [], hasKey: false);
            CloseAll(_stepsDone);
            return true;
        }

        var open = steps[_stepsDone].Kind == RecordStepKind.Elements ? (byte)'[' : (byte)'{';
        if (Cutter.Peek() == 'n')
        {
            Cutter.SkipValue();
            CloseAll(_stepsDone);
            return false;
        }

        if (!Cutter.TryTake(open))
        {
            throw SourceError.At(
                SourceCodes.UnexpectedType, _name, Cutter.Line, Cutter.Character,
                open == '[' ? $"'{steps[_stepsDone].Name}' is not an array, on the path to the records" : "expected an object on the path to the records");
        }

        (_stage, _close) = (Stage.Level, open == '[' ? (byte)']' : (byte)'}');
        _stepsDone++;
        return false;
    }

    private bool Descend(RecordStep step)
    {
        Cutter.TryTake((byte)'{');
        if (Cutter.TryTake((byte)'}'))
        {
            _missingKey ??= step.Name;
            return false;
        }

        do
        {
            var key = Cutter.Key();
            if (key.SequenceEqual(step.Utf8)) return true;

            if (_keysSeen.Count < 100) _keysSeen.Add(System.Text.Encoding.UTF8.GetString(key));

            Cutter.SkipValue();
        }
        while (Cutter.HasMore((byte)'}'));
        _missingKey ??= step.Name;
        return false;
    }

    private void Element(RowBatch batch, List<JsonPiece> pieces)
    {
        if (_index > 0 && !Cutter.TryTake((byte)',')) throw Cutter.Wrong($"expected ',' or '{(char)_close}'");

        if (_close == '}') Piece(batch, pieces, _index, Cutter.Key(), hasKey: true);
        else Piece(batch, pieces, _stage == Stage.Level ? _index : -1, [], hasKey: false);

        _index++;
    }

    private void Leave()
    {
        var depth = _stage == Stage.Level ? _stepsDone - 1 : 0;
        _stage = Stage.TopLevel;
        CloseAll(depth);
    }

    // Skips the rest of the objects that the path descended into.
    private void CloseAll(int depth)
    {
        for (; depth > 0; depth--)
        {
            while (Cutter.HasMore((byte)'}'))
            {
                Cutter.Peek();
                var (line, character) = (Cutter.Line, Cutter.Character);
                if (Cutter.Key().SequenceEqual(_path.Steps[depth - 1].Utf8))
                {
                    throw SourceError.At(
                        SourceCodes.DuplicateKey, _name, line, character, $"the key '{_path.Steps[depth - 1].Name}' occurs twice in one object");
                }

                Cutter.SkipValue();
            }
        }
    }

    private void Piece(RowBatch batch, List<JsonPiece> pieces, int index, ReadOnlySpan<byte> key, bool hasKey)
    {
        var keyStart = batch.Append(key);
        var keyLength = hasKey ? key.Length : -1;
        Cutter.Peek();
        var (line, column, offset, start) = (Cutter.Line, Cutter.Column, Cutter.Offset, batch.Used);
        Cutter.CopyValue(batch);
        pieces.Add(new JsonPiece(start, batch.Used - start, line, offset, column, _stage == Stage.Level ? _stepsDone : 0, index, keyStart, keyLength));
        _anyUnit = true;
    }

    private void RefuseMissingKey()
    {
        if (!_anyUnit && _missingKey is { } missing)
        {
            throw new DiagnosticException(new Diagnostic(
                SourceCodes.UnexpectedType, Severity.Error, $"{_name}: there is no key '{missing}', where `records:` expects the records")
            { Hint = NearestName.Hint(missing, _keysSeen) });
        }
    }
}
