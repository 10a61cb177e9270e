using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>The row being rendered, its budget and its scratch space. One per worker, reused for every row; not thread-safe.</summary>
/// <param name="limits">Bounds of each render.</param>
public sealed class RenderContext(RenderLimits limits) : IOutputBudget
{
    /// <summary>Steps between two checks for cancellation: a few milliseconds of work.</summary>
    private const int StepsPerCheck = 4096;

    private readonly TextArena _arena = new();
    private readonly Stack<Utf8Output> _captures = new();
    private byte[] _buffer = [];
    private Cell[] _cells = [];
    private Value[] _values = [];
    private int[] _stamps = [];
    private int _stamp = 1;
    private int _steps; // until the next cancellation check; the rest is in _laterSteps
    private int _laterSteps = limits.Steps;
    private long _built = limits.BuiltBytes;
    private ulong _draws;
    private int _cellValues = RenderLimits.CellValues;

    /// <summary>Mapping for names other than slots; undefined if there is none.</summary>
    public Value Variables { get; set; }

    /// <summary>Key of the random choices of this row: the n-th draw is a hash of the key and n.</summary>
    public ulong RandomKey { get; set; }

    /// <summary>Makes every random choice return the first element.</summary>
    public bool ChooseFirst { get; set; }

    /// <summary>The time that <c>strftime_now</c> prints; it fails when this is null.</summary>
    public DateTimeOffset? Now { get; set; }

    /// <summary>Random choices drawn since the row began; set to an earlier count to repeat the same ones.</summary>
    internal ulong Draws { get => _draws; set => _draws = value; }

    /// <summary>Aborts a running render with an <see cref="OperationCanceledException"/>, within milliseconds.</summary>
    public CancellationToken Cancellation { get; set; }

    internal RenderLimits Limits { get; } = limits;

    internal byte[] Buffer => _buffer;

    /// <summary>Source range of the current operation: offset and length in the source, packed.</summary>
    internal long Location { get; set; }

    internal int CallDepth { get; set; }

    /// <summary>The options of the running template.</summary>
    internal TemplateOptions Settings { get; set; } = new();

    /// <summary>True while printed values are escaped for HTML; the autoescape tag changes it.</summary>
    internal bool Autoescape { get; set; }

    /// <summary>The filters, tests and functions of the running template.</summary>
    internal Library Library { get; set; } = Library.Empty;

    /// <summary>The frame of templates without variables, which allocate none.</summary>
    internal object? BareFrame { get; set; }

    /// <summary>Replaces every top-level value of the row; null where values are used unchanged.</summary>
    internal Func<RenderContext, Value, Value>? Guard { get; set; }

    /// <summary>Where <c>{% generation %}</c> records the byte ranges that it printed into <see cref="Marked"/>; null if not requested.</summary>
    internal List<(int Start, int End)>? Marks { get; set; }

    /// <summary>The output that <see cref="Marks"/> refer to.</summary>
    internal Utf8Output? Marked { get; set; }

    /// <summary>The known variable names, for hints in messages.</summary>
    internal IEnumerable<string> VariableNames => Variables.Kind == ValueKind.Mapping ? Variables.AsMap.Select(pair => pair.Key.ToString()) : [];

    /// <summary>Starts a row: its cells are copied, slots beyond them are undefined, budget and random draws are reset.</summary>
    public void BeginRow(byte[] buffer, ReadOnlySpan<Cell> cells)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffer = buffer;
        EnsureSlots(cells.Length);
        cells.CopyTo(_cells);
        _cells.AsSpan(cells.Length).Clear();
        _stamp++;
        _arena.Reset();
        _draws = 0;
        _cellValues = RenderLimits.CellValues;
        BeginRender();
    }

    /// <summary>A fresh budget for one more render on the same row.</summary>
    public void BeginRender()
    {
        _steps = 0;
        _laterSteps = Limits.Steps;
        _built = Limits.BuiltBytes;
        CallDepth = 0;
    }

    /// <summary>Gives a slot a computed value, instead of its cell.</summary>
    public void SetSlot(int slot, Value value)
    {
        EnsureSlots(slot + 1);
        _cells[slot] = default;
        _values[slot] = value;
        _stamps[slot] = _stamp;
    }

    /// <summary>Gives a slot another cell of the row's buffer.</summary>
    public void SetCell(int slot, Cell cell)
    {
        EnsureSlots(slot + 1);
        _cells[slot] = cell;
        _stamps[slot] = 0;
    }

    /// <summary>The content of a slot, to be restored by <see cref="RestoreSlot"/>.</summary>
    internal (Cell Cell, Value Value) SaveSlot(int slot) => GetCell(slot) is { Kind: not CellKind.Missing } cell ? (cell, default) : (default, GetSlot(slot));

    internal void RestoreSlot(int slot, (Cell Cell, Value Value) saved)
    {
        if (saved.Cell.Kind == CellKind.Missing) SetSlot(slot, saved.Value);
        else SetCell(slot, saved.Cell);
    }

    /// <summary>The value of a slot; undefined when it has none.</summary>
    /// <exception cref="DiagnosticException">The cell's JSON or number cannot be read.</exception>
    public Value GetSlot(int slot)
    {
        if ((uint)slot >= (uint)_stamps.Length) return default;
        return _stamps[slot] == _stamp ? _values[slot] : ReadSlot(slot);
    }

    /// <summary>Prepares for running a program.</summary>
    internal void BeginProgram(TemplateOptions options, Library library)
    {
        // Usually it is the same template again, and writing a reference costs more than reading it.
        if (!ReferenceEquals(Settings, options)) Settings = options;
        if (!ReferenceEquals(Library, library)) Library = library;
        Autoescape = options.Autoescape;
        CallDepth = 0;
    }

    /// <summary>Enters a macro or an iteration of a recursive loop.</summary>
    internal void EnterCall()
    {
        if (++CallDepth > Limits.CallDepth) throw CallError();
        RequireStack();
    }

    internal void LeaveCall() => CallDepth--;

    /// <summary>Fails before the thread's stack overflows.</summary>
    internal static void RequireStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw CallError();
    }

    /// <summary>Discards the values read from cells; computed slots are kept.</summary>
    internal void ForgetValues()
    {
        _cellValues = RenderLimits.CellValues;
        for (var i = 0; i < _cells.Length; i++)
        {
            if (_cells[i].Kind != CellKind.Missing) _stamps[i] = 0;
        }
    }

    /// <summary>The cell of a slot; missing when its value was computed, or when it has none.</summary>
    public Cell GetCell(int slot) => (uint)slot < (uint)_cells.Length ? _cells[slot] : default;

    /// <summary>Counts one step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Step()
    {
        if (_steps == 0) TakeSteps(1);
        _steps--;
    }

    void IOutputBudget.Step() => Step();

    Exception IOutputBudget.OutputLimit() => TemplateError.OutputLimit();

    /// <summary>Counts several steps.</summary>
    internal void Step(long count)
    {
        if (count > _steps) TakeSteps(count);
        _steps -= (int)count;
    }

    /// <summary>Counts the steps for scanning all bytes of a text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void StepBytes(int bytes)
    {
        if (bytes >= 64) Step(bytes >> 6);
    }

    private void TakeSteps(long needed)
    {
        Cancellation.ThrowIfCancellationRequested();
        var left = (long)_steps + _laterSteps;
        if (needed > left) throw StepError();
        _steps = (int)Math.Max(needed, Math.Min(left, StepsPerCheck));
        _laterSteps = (int)(left - _steps);
    }

    /// <summary>Charges bytes of an intermediate value before they are allocated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Build(long bytes)
    {
        if ((_built -= bytes) < 0) throw BuiltError();
        Step(bytes >> 6);
    }

    /// <summary>Reserves room for a text of at most <paramref name="size"/> bytes, charged to the budget; see <see cref="CommitText"/>.</summary>
    internal Span<byte> ReserveText(long size)
    {
        if (size > _built) throw BuiltError();
        Build(size);
        return _arena.Reserve((int)size);
    }

    internal Value CommitText(int length) => _arena.Commit(length);

    /// <summary>A text as a value of this row.</summary>
    internal Value BuildText(string text)
    {
        var target = ReserveText(Encoding.UTF8.GetByteCount(text));
        return CommitText(Encoding.UTF8.GetBytes(text, target));
    }

    /// <summary>A scratch output for text that is not the result; to be returned with <see cref="EndCapture"/>.</summary>
    internal Utf8Output BeginCapture()
    {
        var output = _captures.Count > 0 ? _captures.Pop() : new Utf8Output(256);
        output.Ceiling = (int)Math.Min(int.MaxValue, _built);
        output.Budget = this;
        return output;
    }

    /// <summary>Turns a scratch output into a text and reclaims it.</summary>
    internal Value EndCapture(Utf8Output output)
    {
        var target = ReserveText(output.Length);
        output.Written.CopyTo(target);
        var text = CommitText(output.Length);
        output.Length = 0;
        if (_captures.Count < 8) _captures.Push(output);
        return text;
    }

    /// <summary>Like <see cref="EndCapture"/> for the output of a part of the template, which is safe if HTML is escaped.</summary>
    internal Value EndMarkup(Utf8Output output)
    {
        var text = EndCapture(output);
        return Autoescape ? text.AsSafe() : text;
    }

    /// <summary>Position of a random choice among <paramref name="count"/> elements.</summary>
    internal int Draw(int count)
    {
        if (ChooseFirst) return 0;

        // SplitMix64 (Steele, Lea, Flood 2014): output n of the stream seeded by the key.
        var mixed = RandomKey + (++_draws * 0x9e3779b97f4a7c15);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        mixed ^= mixed >> 31;
        return (int)Math.BigMul(mixed, (ulong)count, out _);
    }

    private static TemplateError CallError() => new(TemplateCodes.CallDepthLimit, "calls are nested too deeply (limit: call depth)");

    private static TemplateError StepError() => new(TemplateCodes.StepLimit, "the render takes too many steps (limit: steps)");

    private static TemplateError BuiltError() => new(TemplateCodes.BuiltLimit, "the render builds too much text or too long lists (limit: built bytes)");

    private Value ReadSlot(int slot)
    {
        var cell = _cells[slot];
        var value = cell.Kind switch
        {
            CellKind.EscapedText => ReadEscaped(cell),
            CellKind.Json => JsonValueReader.Read(_buffer, cell.Offset, cell.Length, ref _cellValues),
            _ => CellReader.Read(_buffer, cell),
        };
        if (Guard is not null) value = Guard(this, value);
        _values[slot] = value;
        _stamps[slot] = _stamp;
        return value;
    }

    // Like CellReader, in space that the next row reuses.
    private Value ReadEscaped(Cell cell)
    {
        var escaped = _buffer.AsSpan(cell.Offset, cell.Length);
        if (escaped.IndexOf((byte)'\\') < 0) return Value.FromSlice(_buffer, cell.Offset, cell.Length);
        return _arena.Commit(JsonUnescaping.Unescape(escaped, _arena.Reserve(cell.Length)));
    }

    private void EnsureSlots(int count)
    {
        if (count <= _cells.Length) return;
        Array.Resize(ref _cells, count);
        Array.Resize(ref _values, count);
        Array.Resize(ref _stamps, count);
    }
}

/// <summary>A slice of the source that a piece of syntax occupies.</summary>
/// <param name="Offset">Start, in UTF-16 units.</param>
/// <param name="Length">Length, in UTF-16 units.</param>
internal readonly record struct SourceRange(int Offset, int Length)
{
    public int End => Offset + Length;

    /// <summary>Both numbers packed into one.</summary>
    public long Packed => ((long)Offset << 32) | (uint)Length;

    public SourceRange To(SourceRange last) => new(Offset, Math.Max(0, last.End - Offset));
}
