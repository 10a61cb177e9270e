using InstructKit.Templating.Execution;

namespace InstructKit.Templating.Compilation;

/// <summary>The variables of one block, with Jinja's rules: the meaning of a name is fixed for the whole block by whether it is read or set first; a
/// name set inside starts from its outer value; branches of an <c>if</c> do not open a scope.</summary>
/// <param name="isBlock">True for the body of a block, which sees outer variables as values overriding the row.</param>
internal sealed class Scope(Scope? parent, FunctionLayout function, bool isBlock = false)
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private Dictionary<string, Symbol> _symbols = new(StringComparer.Ordinal);
    private HashSet<string> _stores = new(StringComparer.Ordinal);

    public Scope? Parent => parent;

    public FunctionLayout Function => function;

    public bool IsBlock => isBlock;

    public IEnumerable<KeyValuePair<string, Symbol>> Symbols => _symbols;

    public Scope? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._symbols.ContainsKey(name)) return scope;
        }

        return null;
    }

    /// <summary>True when a block body separates this scope from an enclosing one.</summary>
    public bool LeavesBlockFor(Scope owner)
    {
        for (var scope = this; scope != owner; scope = scope.Parent!) // owner is one of these
        {
            if (scope.IsBlock) return true;
        }

        return false;
    }

    public void Read(string name, int offset)
    {
        if (Find(name) is null) _symbols[name] = new Symbol(SymbolLoad.Resolve, offset);
    }

    public void Store(string name, int offset)
    {
        _stores.Add(name);
        if (_symbols.ContainsKey(name)) return;
        _symbols[name] = new Symbol(Parent?.Find(name) is null ? SymbolLoad.Undefined : SymbolLoad.Alias, offset);
    }

    public void Declare(string name, int offset)
    {
        _stores.Add(name);
        _symbols[name] = new Symbol(SymbolLoad.Parameter, offset);
    }

    public Scope Copy() => new(parent, function, isBlock) { _symbols = new(_symbols, StringComparer.Ordinal), _stores = new(_stores, StringComparer.Ordinal) };

    /// <summary>Merges the variables of branches; a name that they set keeps its earlier meaning where they do not run.</summary>
    public void Join(params ReadOnlySpan<Scope> branches)
    {
        HashSet<string> stored = new(StringComparer.Ordinal);
        foreach (var branch in branches) stored.UnionWith(branch._stores);
        stored.ExceptWith(_stores);
        foreach (var branch in branches)
        {
            foreach (var (name, symbol) in branch._symbols)
            {
                // A name that one branch reads from the row is one that the row should have.
                if (!_symbols.TryGetValue(name, out var known) || known.Load != SymbolLoad.Resolve) _symbols[name] = symbol;
            }

            _stores.UnionWith(branch._stores);
        }

        foreach (var name in stored)
        {
            var symbol = _symbols[name];
            if (Parent?.Find(name) is not null) _symbols[name] = symbol with { Load = SymbolLoad.Alias };
            else if (symbol.Load != SymbolLoad.Resolve) _symbols[name] = symbol with { Load = SymbolLoad.ResolveInBranch };
        }
    }

    /// <summary>The slot of a name's value, or null when it is read from the row each time.</summary>
    public int? SlotOf(string name)
    {
        if (_slots.TryGetValue(name, out var slot)) return slot;
        if (!_stores.Contains(name)) return null;
        return _slots[name] = Function.Add();
    }
}

/// <summary>A variable of a scope.</summary>
/// <param name="Load">Its initial value.</param>
/// <param name="Offset">Offset of its first use.</param>
internal readonly record struct Symbol(SymbolLoad Load, int Offset);

/// <summary>Initial value of a variable when its scope begins.</summary>
internal enum SymbolLoad
{
    /// <summary>Set from outside: a parameter or a loop target.</summary>
    Parameter,

    /// <summary>Nothing yet.</summary>
    Undefined,

    /// <summary>The value of the same name in an outer scope.</summary>
    Alias,

    /// <summary>The row's value of this name.</summary>
    Resolve,

    /// <summary>Like <see cref="Resolve"/>, but only because some branches do not set it.</summary>
    ResolveInBranch,
}
